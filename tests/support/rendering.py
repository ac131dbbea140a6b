"""What the program shows of rows, records and values that a test gives it."""

from __future__ import annotations

from typing import Any

import pytest
from wcwidth import wcswidth

from tests.support.program import Done, Program
from tests.support.stub import Stub, reply

COLUMNS = ("key", "value", "description")


class Shown:
    """Lists, records and values as the program shows them: what is given here comes from the server."""

    def __init__(self, program: Program, stub: Stub) -> None:
        self._program = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
        self._stub = stub

    def with_environ(self, **more: str) -> Shown:
        return Shown(self._program.with_environ(**more), self._stub)

    def rows(self, items: list[dict[str, Any]], *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply({"variables": items, "total_entries": len(items)})
        return self._program("variables", "list", *argv, **how)

    def record(self, item: dict[str, Any], *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply(item)
        return self._program("connections", "get", "c", *argv, **how)

    def value(self, text: str, *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply({"key": "k", "value": text})
        return self._program("variables", "get", "k", *argv, **how)

    def refusal(self, detail: str, *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply({"detail": detail}, 404)
        return self._program("variables", "get", "k", *argv, **how)


@pytest.fixture
def shown(program: Program, stub: Stub) -> Shown:
    return Shown(program, stub)


def row(key: str = "k", value: Any = "v", description: Any = None, **more: Any) -> dict[str, Any]:
    return {"key": key, "value": value, "description": description, **more}


def cells(text: str) -> int:
    return max(0, wcswidth(text))
