"""Environments: which server a name stands for. No secret is ever here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress

from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.typed import NamedTuple

DEFAULT_ENVIRONMENT = "default"
_ELSEWHERE = "set AIRFLOWCTL_HOME to a folder that is yours"


class Environment(NamedTuple):
    """A name, the base URL of its API server (path prefix included) and who logs in there."""

    name: str
    url: str
    username: str = ""


class Environments:
    """The environments of this person: one small file each, and those of this session over them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = os.path.join(config_folder(environ), "environments")
        self._session: dict[str, Environment] = {}  # what was saved or read in this session

    def names(self) -> tuple[str, ...]:
        try:
            files = os.listdir(self._folder)
        except OSError:
            files = []
        kept = (name[: -len(".toml")] for name in files if name.endswith(".toml"))
        return tuple(sorted({*kept, *self._session}))

    def get(self, name: str) -> Environment | None:
        """The environment of that name; raises ConfigError when its file is damaged."""
        path = self._path(name)
        if name in self._session:
            return self._session[name]
        try:
            with open(path, "rb") as file:
                self._session[name] = _read(name, path, file.read())
                return self._session[name]
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ConfigError(f"cannot read {path}: {error.strerror}", _ELSEWHERE) from None

    def save(self, environment: Environment) -> None:
        """Keep it for this session and, atomically and for this user only, on disk."""
        path = self._path(environment.name)
        pairs = {"url": environment.url, "username": environment.username}
        lines = [f"{key} = {_toml(value)}\n" for key, value in pairs.items() if value]
        self._session[environment.name] = environment
        write_private(path, "".join(lines))

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, f"{check_name(name)}.toml")


def check_name(name: str) -> str:
    """Names become file names, and may come from a branch name in CI: no way out of the folder."""
    plain = name.replace("-", "").replace("_", "").replace(".", "")
    if not plain.isalnum() or not name[0].isalnum() or len(name) > 100:
        raise UsageError(
            f"'{name}' cannot be the name of an environment", "use letters, digits, '-', '_' and '.'"
        )
    return name


def config_folder(environ: Mapping[str, str]) -> str:
    """Where the environments are: `AIRFLOWCTL_HOME`, or the system's place for settings."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config", "APPDATA")


def state_folder(environ: Mapping[str, str]) -> str:
    """Where the shell's history is: `AIRFLOWCTL_HOME`, or the system's place for state."""
    return _folder(environ, "XDG_STATE_HOME", os.path.join(".local", "state"), "LOCALAPPDATA")


def write_private(path: str, text: str) -> None:
    """Write a file that only this user can read, whole or not at all. Raises ConfigError."""
    from tempfile import mkstemp

    folder, temporary = os.path.dirname(path), ""
    try:
        for needed in (os.path.dirname(folder), folder):
            os.makedirs(needed, mode=0o700, exist_ok=True)
        handle, temporary = mkstemp(dir=folder, suffix=".new")  # mode 0600
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        raise ConfigError(f"cannot write {path}: {error.strerror}", _ELSEWHERE) from None


def _folder(environ: Mapping[str, str], variable: str, below_home: str, windows: str) -> str:
    if environ.get("AIRFLOWCTL_HOME"):
        return environ["AIRFLOWCTL_HOME"]
    if sys.platform == "win32":
        return os.path.join(environ.get(windows) or os.path.expanduser("~"), "airflowctl")
    home = environ.get("HOME") or os.path.expanduser("~")
    return os.path.join(environ.get(variable) or os.path.join(home, below_home), "airflowctl")


def _toml(text: str) -> str:
    """A TOML string is a JSON string, but for one letter."""
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(name: str, path: str, content: bytes) -> Environment:
    import tomllib

    from airflowctl.core.url import base_url

    try:
        found = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is damaged: {error}", "mend or remove it, then log in again") from None
    url, username = found.get("url"), found.get("username", "")
    if not isinstance(url, str) or not url or not isinstance(username, str):
        raise ConfigError(f'{path} is damaged: it needs url = "..."', "mend or remove it, then log in again")
    try:
        return Environment(name, base_url(url), username)
    except UsageError as error:
        raise ConfigError(f"{path}: {error.message}", error.hint) from None
