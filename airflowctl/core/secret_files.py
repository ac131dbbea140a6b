"""Files with a secret that the user names: a token or a passphrase in a file, a mounted secret or a pipe."""

from __future__ import annotations

import os
import stat
import sys
import threading
from shlex import quote

from airflowctl.core.errors import ConfigError
from airflowctl.core.ownership import user_name
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

LIMIT = 10.0  # seconds in which a pipe has to give all
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def read_secret(path: str, most: int) -> bytes:
    """Return what is in a file or comes through a pipe, at most `most` bytes.

    The path may lead over links, as mounted secrets do, and be a pipe, as `<(vault ...)` is. It is refused
    where a user other than this one and root can write it, or where it is this user's own and others can
    read it. Raises ConfigError with the reason and the way out.
    """
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISFIFO(kind):
            return _read_pipe(path, most)
        if stat.S_ISREG(kind):
            # Should it be a pipe by now, opening it must not wait.
            with open(path, "rb", buffering=0, opener=_open_at_once) as file:
                return _read(path, file, most)
    except OSError as error:
        raise ConfigError(error.strerror or "it cannot be read") from None
    raise ConfigError("it is neither a file nor a pipe")


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_pipe(path: str, most: int) -> bytes:
    """Read the pipe, in a thread: opening waits for the program that writes, which may never come."""
    results: list[bytes | Exception] = []

    def work() -> None:
        try:
            with open(path, "rb", buffering=0) as file:
                results.append(_read(path, file, most))
        except (OSError, ConfigError) as error:
            results.append(error)

    # Opening a pipe waits for the program that writes, which may never come.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(LIMIT)
    if not results:
        raise ConfigError(f"it is a pipe, and nothing came through it to its end in {LIMIT:g} s")
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def _read(path: str, file: BinaryIO, most: int) -> bytes:
    _check(path, file.fileno())
    pieces, size = [], 0
    while piece := file.read(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise ConfigError(f"it is larger than {most:,} bytes")
    return b"".join(pieces)


def _check(path: str, handle: int) -> None:
    facts = os.fstat(handle)
    # No other user can open a pipe that this process was started with.
    if sys.platform == "win32" or _is_unnamed_pipe(path, facts):
        return
    if facts.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"it belongs to {user_name(facts.st_uid)}, who can change it", "name a file of your own"
        )
    if facts.st_mode & _OTHERS_WRITE:
        raise ConfigError("others can write to it", f"chmod 600 {quote(path)}, then put a new secret into it")
    if facts.st_uid == os.geteuid() and facts.st_mode & _OTHERS_READ and not _is_mounted_for_reading(handle):
        raise ConfigError("others can read it", f"chmod 600 {quote(path)}, then put a new secret into it")


def _is_unnamed_pipe(path: str, facts: os.stat_result) -> bool:
    """Return whether it was opened before this program started: `<(...)`, /dev/stdin. No other user can
    open it."""
    return stat.S_ISFIFO(facts.st_mode) and os.path.realpath(path).startswith(("/dev/fd/", "/proc/"))


def _is_mounted_for_reading(handle: int) -> bool:
    """Return a secret that a container gets, whose mode the user cannot change."""
    return bool(os.fstatvfs(handle).f_flag & os.ST_RDONLY)
