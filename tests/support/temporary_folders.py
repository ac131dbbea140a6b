"""The folders of tests: in memory where this machine has such a file system, since most of the program's
writes wait for the disk."""

from __future__ import annotations

import itertools
import os
import re

import pytest

_MEMORY = "/dev/shm"
_LEAST = 2_000_000_000  # bytes; a container may have 64 MB
_numbers = itertools.count()


def pytest_configure() -> None:
    if _is_usable(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _MEMORY)


def _is_usable(folder: str) -> bool:
    try:
        system = os.statvfs(folder)
    except OSError:
        return False
    is_free = system.f_bavail * system.f_frsize > _LEAST
    return is_free and os.access(folder, os.W_OK) and not system.f_flag & os.ST_NOEXEC


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> object:
    """A folder of the test's own. pytest's fixture lists those of all tests before it, to find a number."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    return tmp_path_factory.mktemp(f"{name}_{next(_numbers)}", numbered=False)
