"""One at a time, among all processes of this person: two that use one refresh token at once lose it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from airflowctl.files import make_private_folder
from airflowctl.secrets.store import Key


@contextmanager
def locked(folder: str, key: Key) -> Iterator[None]:
    """Wait for the lock of a key and hold it. Where no file can be written there is none."""
    try:
        file = os.open(_path(folder, key), os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError:
        yield
        return
    try:
        _lock(file)
        yield
    finally:
        os.close(file)  # which also unlocks it


def _path(folder: str, key: Key) -> str:
    name = sha256("\n".join(key).encode()).hexdigest()[:24]
    make_private_folder(folder)
    return os.path.join(folder, f"{name}.lock")


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
