"""What all processes of a run share, made by the one that needs it first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def make_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object], *, suffix: str = ""
) -> Path:
    """Return the file or folder of this name, which `make` has made at the path that it gets."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # whose folder is one of several in that of the run
        folder = folder.parent
    path, done = folder / f"{name}{suffix}", folder / f"{name}.made"
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(path)
            done.touch()
    return path
