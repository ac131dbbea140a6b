"""A lock by key among all processes of this user: two that use one refresh token at once lose it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EAGAIN, EDEADLK
from hashlib import sha256

from airflowctl.storage.private_files import PrivateFolder
from airflowctl.storage.secrets.store import Key

_LONGEST = 90.0  # seconds, more than a renewal takes: a process that hangs in one must not stop all others
_PAUSE = 0.02


@contextmanager
def hold_lock(folder: str, key: Key) -> Iterator[None]:
    """Wait for the lock of a key and hold it. Where no file can be written, or locked, there is none.
    Raises ConfigError where another user could write to the folder."""
    above, name = os.path.split(folder)
    try:
        file = PrivateFolder(above).open(os.O_RDWR | os.O_CREAT, name, _file(key))
    except OSError:
        # Without a lock only the order of renewals is lost; a login must work on a read-only disk too.
        yield
        return
    try:
        _lock(file)
        yield
    finally:
        os.close(file)  # which also unlocks it


def _file(key: Key) -> str:
    return f"{sha256(chr(10).join(key).encode()).hexdigest()[:24]}.lock"


def _lock(file: int) -> None:
    end = time.monotonic() + _LONGEST
    while is_taken(file) and time.monotonic() < end:
        time.sleep(_PAUSE)


def is_taken(file: int) -> bool:
    """Try to take the lock of an open file; return whether another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (EACCES, EAGAIN, EDEADLK)  # else this disk has no locks
    return False
