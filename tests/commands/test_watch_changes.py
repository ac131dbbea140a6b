"""`watch` marks the rows whose data has changed: not those that are only drawn otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.program import Program
from tests.support.screen import CTRL_C, Screen
from tests.support.stub import Reply, Request, Stub, lets_in, reply

SLOTS = {"first_pool_of_a_long_name": 1, "second": 2, "third": 3}


@pytest.fixture
def watching(program: Program, stub: Stub) -> Iterator[Program]:
    slots = dict(SLOTS)

    def answer(request: Request) -> Reply:
        if request.path.endswith("/pools"):
            rows = [
                {"name": name, "slots": count, "description": f"of {name}, with words " * 3}
                for name, count in slots.items()
            ]
            return reply({"pools": rows, "total_entries": len(rows)})
        if request.path.endswith("/pools/second"):
            slots["second"] = 123_456_789
            return reply({"name": "second", "slots": 5})
        return lets_in(request)

    stub.answer = answer
    yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


@pytest.mark.parametrize("columns", [(50, 110), (110, 50)])
def test_another_width_of_the_window_is_no_change(
    watching: Program, stub: Stub, columns: tuple[int, int]
) -> None:
    with Screen(watching, rows=40, columns=columns[0]) as screen:
        screen.prompt()
        screen.type("watch -n 0.05 pools list\n")
        screen.until("second", "third")
        screen.resize(rows=40, columns=columns[1])
        begun = len(screen.raw)
        rounds = len(stub.requests)
        screen.until_true(lambda: len(stub.requests) > rounds + 4, "more rounds")
        assert "* " not in screen.raw[begun:]
        screen.type(CTRL_C)
        screen.prompt()


@pytest.mark.parametrize("line", ["pools list", "pools list --columns name,slots", "time pools list"])
def test_the_row_that_changed_is_marked_and_no_other(watching: Program, line: str) -> None:
    with Screen(watching, rows=40, columns=100) as screen:
        screen.prompt()
        screen.type(f"watch -n 0.3 {line}\n")
        screen.until("second", "third")
        watching("pools", "get", "second")
        screen.until(r"^\* second")
        marked = [row for row in screen.lines if row.startswith("* ")]
        assert len(marked) == 1
        screen.type(CTRL_C)
        screen.prompt()


def test_a_single_command_marks_data_too(watching: Program) -> None:
    with Screen(watching, "watch", "-n", "0.3", "pools", "list", rows=40, columns=100) as screen:
        screen.until("second", "third")
        watching("pools", "get", "second")
        screen.until(r"^\* second")
        assert sum(row.startswith("* ") for row in screen.lines) == 1
        screen.type(CTRL_C)
        screen.end()
