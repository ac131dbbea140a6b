"""Somebody on the real Airflow who logs in with a password."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.program import Program


class Account(NamedTuple):
    """A server and somebody on it."""

    url: str
    password: str
    username: str = "admin"

    @property
    def options(self) -> list[str]:
        return ["--url", self.url, "--username", self.username, "--password-stdin"]

    @property
    def stdin(self) -> str:
        return self.password + "\n"


@pytest.fixture(scope="session")
def account(airflow: Any) -> Account:
    return Account(airflow.url, airflow.password("admin"))


def files(folder: Path) -> dict[Path, str]:
    """Every file below a folder and what is in it."""
    return {path: path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()}


def without_token(program: Program) -> Program:
    environ = {name: value for name, value in program.environ.items() if name != "AIRFLOW_CLI_TOKEN"}
    return Program(environ)
