"""`--sort` with `--limit`: the server sorts, or all rows are fetched and that is said."""

from __future__ import annotations

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

ONE = {"dag_id": "d", "task_id": "t", "map_index": -1, "state": "success"}
ROWS = [{**ONE, "dag_run_id": f"r{it}", "duration": float(it), "hostname": f"w{9 - it}"} for it in (3, 1, 2)]


@pytest.fixture
def asked(program: Program, stub: Stub) -> Program:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply({"version": "3.3.2"})
        limit = int(request.query["limit"][0])
        order = request.query["order_by"]
        rows = sorted(ROWS, key=lambda row: -float(row["duration"])) if order == ["-duration"] else ROWS  # type: ignore[arg-type]
        name = "dag_runs" if request.path.endswith("/dagRuns") else "task_instances"
        return reply({name: rows[:limit], "total_entries": 3, "next_cursor": None})

    stub.answer = answer
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


@pytest.mark.parametrize("words", ["tasks instances", "dagrun list"])
def test_the_server_sorts(words: str, asked: Program, stub: Stub) -> None:
    done = asked(*words.split(), "--sort=-duration", "--limit", "1", "-o", "json")
    assert [row["dag_run_id"] for row in done.json] == ["r3"]
    assert done.err == ""
    assert any(request.query.get("order_by") == ["-duration"] for request in stub.requests)


def test_what_the_server_cannot_sort_by_is_sorted_here(asked: Program) -> None:
    done = asked("tasks", "instances", "--sort", "hostname", "--limit", "1", "-o", "json")
    assert [row["dag_run_id"] for row in done.json] == ["r3"]
    assert "the server cannot sort by hostname: all rows are fetched for the first 1" in done.err


@pytest.mark.parametrize("words", ["tasks instances", "dagrun list", "dagrun list d"])
def test_the_top_is_what_took_longest(words: str, asked: Program, stub: Stub) -> None:
    lines = asked(*words.split(), "--top", "1").lines
    assert lines[0].endswith("duration")
    assert [line.split("\t")[-1] for line in lines[1:]] == ["3.0"]
    asked(*words.split(), "--top", "1", "--sort", "state")
    assert any(request.query.get("order_by") == ["state"] for request in stub.requests)
    assert asked(*words.split(), "--top", "1", "--limit", "2").code == 2
