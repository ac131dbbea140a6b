"""Who owns a file or folder and who else can write it: what is refused, and the line that fixes it."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator, Mapping

from airflowctl.core.errors import ConfigError

ELSEWHERE = "set AIRFLOWCTL_HOME to a folder that is yours"
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_IS_WINDOWS = sys.platform == "win32"


def check_folder(path: str, facts: os.stat_result, environ: Mapping[str, str]) -> None:
    """Raise ConfigError for a folder of ours that another user owns or can write to."""
    _check(path, facts, environ, "700", "after a look at what is in it")


def check_file(path: str, facts: os.stat_result, environ: Mapping[str, str]) -> None:
    """Raise ConfigError for what is no regular file, or what another user owns or can write to: files of
    ours say where a token is sent and which program is run to get one."""
    if not stat.S_ISREG(facts.st_mode):
        raise ConfigError(f"cannot read {path}: it is not a regular file", "move it away")
    _check(path, facts, environ, "600", "after a look at what it says")


def check_not_link(path: str) -> None:
    """Raise ConfigError for a symbolic link: it would lead reading and writing out of our folders."""
    if os.path.islink(path):
        raise ConfigError(f"{path} is a link", f"put the file itself there, or remove it: rm {_quote(path)}")


def check_home_of_caller(folder: str, environ: Mapping[str, str]) -> None:
    """Raise ConfigError where root, started by sudo, would write into a folder of the user who ran sudo:
    that user could not read the files afterwards."""
    caller = _caller(environ)
    if caller and any(_owner(path) == caller for path in _upward(folder)):
        raise ConfigError(
            f"{folder} is in a folder of {user_name(caller)}, and this runs as root (by sudo)",
            f"run it without sudo, or {ELSEWHERE}",
        )


def explain(verb: str, path: str, error: OSError, environ: Mapping[str, str]) -> ConfigError:
    """Return the error for a file of ours that the system does not let us use."""
    message = f"cannot {verb} {path}: {error.strerror}"
    foreign = _foreign(path) if error.errno in (errno.EACCES, errno.EPERM) else ""
    if not foreign:
        return ConfigError(message, ELSEWHERE)
    owner = _owner(foreign)
    return ConfigError(f"{message} ({foreign} belongs to {user_name(owner)})", _mend_owner(foreign, environ))


def user_name(uid: int) -> str:
    """Return the login name of a user id, or the id itself where the system knows no name."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the user id {uid}"


def _check(path: str, facts: os.stat_result, environ: Mapping[str, str], mode: str, advice: str) -> None:
    if _IS_WINDOWS:
        return
    # Root could read and replace the file in any case.
    if facts.st_uid not in (os.geteuid(), 0):
        raise ConfigError(f"{path} belongs to {user_name(facts.st_uid)}", _mend_owner(path, environ))
    if facts.st_mode & _OTHERS_WRITE:
        raise ConfigError(f"others can write to {path}", f"chmod {mode} {_quote(path)}, {advice}")


def _mend_owner(path: str, environ: Mapping[str, str]) -> str:
    if _caller(environ):
        return f"run it without sudo, or {ELSEWHERE}"
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}chown -R {os.geteuid()} {_quote(path)}, after a look at what is in it; or {ELSEWHERE}"


def _quote(path: str) -> str:
    from shlex import quote  # loads re, which is slow, and errors are rare

    return quote(path)


def _caller(environ: Mapping[str, str]) -> int:
    """Return the id of the user who became root by sudo or pkexec; 0 where this is not so."""
    if _IS_WINDOWS or os.geteuid() != 0:
        return 0
    named = environ.get("SUDO_UID") or environ.get("PKEXEC_UID") or ""
    return int(named) if named.isascii() and named.isdigit() else 0


def _foreign(path: str) -> str:
    """Return the nearest path upward that the system shows us and that belongs to another user; empty if
    none."""
    if _IS_WINDOWS:
        return ""
    owners = ((folder, _owner(folder)) for folder in _upward(path))
    nearest = next(((folder, owner) for folder, owner in owners if owner >= 0), ("", -1))
    return nearest[0] if nearest[1] not in (-1, os.geteuid()) else ""


def _owner(path: str) -> int:
    """Return the user id; -1 where there is nothing that can be seen."""
    try:
        return os.lstat(path).st_uid
    except OSError:
        return -1


def _upward(path: str) -> Iterator[str]:
    """Yield the path, the folder it is in, and so on up to the root."""
    above = ""
    while path != above:
        yield path
        path, above = os.path.dirname(path), path
