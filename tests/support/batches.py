"""Files of commands as a test runs them, and the server that they talk to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply


def variables(request: Request) -> Reply:
    """Knows every variable but those named `no...`; its value is its key."""
    key = request.path.rpartition("/")[2]
    if key == "variables":
        return reply({"variables": [], "total_entries": 0})
    if key.startswith("no"):
        return reply({"detail": f"no variable {key}"}, 404)
    if key.startswith("forbidden"):
        return reply({"detail": "Forbidden"}, 403)
    return reply({"key": key, "value": key, "description": None})


class Batch:
    """Runs lines as a file of commands."""

    def __init__(self, program: Program, stub: Stub, file: Path) -> None:
        self.program = program.with_environ(
            AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n", SHELL="/bin/sh"
        )
        self.file = file

    def __call__(self, *lines: str, options: tuple[str, ...] = ()) -> Done:
        return self.bytes("".join(f"{line}\n" for line in lines).encode(), *options)

    def bytes(self, content: bytes, *options: str) -> Done:
        self.file.write_bytes(content)
        return self.program("-f", str(self.file), *options)


def keys(stub: Stub) -> list[str]:
    return [request.path.rpartition("/")[2] for request in stub.requests if "/variables/" in request.path]


@pytest.fixture
def batch(program: Program, stub: Stub, tmp_path: Path) -> Batch:
    """Files of commands for a server with variables."""
    stub.answer = variables
    return Batch(program, stub, tmp_path / "commands")
