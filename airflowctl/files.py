"""Files of this person: where they are, written whole or not at all, for nobody else."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress

from airflowctl.core.errors import ConfigError

ELSEWHERE = "set AIRFLOWCTL_HOME to a folder that is yours"


def config_folder(environ: Mapping[str, str]) -> str:
    """Where the environments are: `AIRFLOWCTL_HOME`, or the system's place for settings."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config", "APPDATA")


def state_folder(environ: Mapping[str, str]) -> str:
    """Where the shell's history is: `AIRFLOWCTL_HOME`, or the system's place for state."""
    return _folder(environ, "XDG_STATE_HOME", os.path.join(".local", "state"), "LOCALAPPDATA")


def toml(value: object) -> str:
    """A text, a number or a truth as TOML: a TOML string is a JSON string, but for one letter."""
    import json

    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_private(path: str, text: str) -> None:
    """Write a file that only this user can read, whole or not at all. Raises ConfigError."""
    from tempfile import mkstemp

    folder, temporary = os.path.dirname(path), ""
    try:
        make_private_folder(folder)
        handle, temporary = mkstemp(dir=folder, suffix=".new")  # mode 0600
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        raise ConfigError(f"cannot write {path}: {error.strerror}", ELSEWHERE) from None


def read_private(path: str) -> bytes | None:
    """What is in a file of ours; None when there is none. Raises ConfigError, also when somebody else
    could have written it: it says where a token goes and what is run to get one."""
    try:
        with open(path, "rb") as file:
            facts = os.fstat(file.fileno())
            _check_owner(path, facts)
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", ELSEWHERE) from None


def remove(path: str) -> bool:
    """Whether there was one. Raises ConfigError."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise ConfigError(f"cannot remove {path}: {error.strerror}") from None
    return True


def make_private_folder(folder: str) -> None:
    """Make it, and the one above it, for this user only."""
    for needed in (os.path.dirname(folder), folder):
        os.makedirs(needed, mode=0o700, exist_ok=True)


def _check_owner(path: str, facts: os.stat_result) -> None:
    if sys.platform == "win32":
        return
    if facts.st_uid not in (os.getuid(), 0):
        raise ConfigError(f"{path} belongs to somebody else", ELSEWHERE)
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigError(f"others can write to {path}", f"chmod 600 {path}, after a look at what it says")


def _folder(environ: Mapping[str, str], variable: str, below_home: str, windows: str) -> str:
    if environ.get("AIRFLOWCTL_HOME"):
        return environ["AIRFLOWCTL_HOME"]
    if sys.platform == "win32":
        return os.path.join(environ.get(windows) or os.path.expanduser("~"), "airflowctl")
    home = environ.get("HOME") or os.path.expanduser("~")
    return os.path.join(environ.get(variable) or os.path.join(home, below_home), "airflowctl")
