"""The files of environments, as a test writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.stub import Stub


@pytest.fixture
def two(program: Program, stub: Stub, home: Path) -> Program:
    """The program with the environments one and two, each at a path of its own of the same server."""
    for name in ("one", "two"):
        write(home, name, f'url = "{stub.url}/{name}"\n')
    return program


def write(home: Path, name: str, content: str | bytes) -> Path:
    file = home / "environments" / f"{name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file
