"""Which changes are sent again after an answer that does not say whether they were made."""

from __future__ import annotations

import pytest

from airflowctl.api.operations import table
from airflowctl.api.request import REPEATABLE, REPEATABLE_NOTES
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

KEPT = [
    ("variables", "set", "p", "5"),
    ("variables", "update", "p", "--value", "5"),
    ("connections", "update", "p", "--conn-host", "h"),
    ("pools", "update", "p", "--slots", "5"),
    ("dags", "pause", "p"),
    ("dags", "unpause", "p"),
    ("dagrun", "note", "p", "p", "a note"),
    ("tasks", "note", "p", "p", "p", "a note"),
    ("xcom", "edit", "p", "p", "p", "p", "5"),
]
ONCE = [
    ("variables", "create", "p", "5"),
    ("variables", "delete", "p", "--yes"),
    ("connections", "add", "p", "--conn-type", "http"),
    ("pools", "delete", "p", "--yes"),
    ("dags", "trigger", "p"),
    ("dagrun", "mark", "failed", "p", "p", "--yes"),
    ("dagrun", "clear", "p", "p", "--yes"),
    ("tasks", "mark", "success", "p", "p", "p", "--yes"),
    ("backfill", "cancel", "1", "--yes"),
    ("assets", "create-event", "p", "--yes"),
    ("xcom", "delete", "p", "p", "p", "p", "--yes"),
]
FIELDS = ("name", "key", "connection_id", "dag_id", "dag_run_id", "task_id", "id", "uri")
RECORD = {**dict.fromkeys(FIELDS, "p"), "state": "running", "slots": 1, "map_index": -1, "value": "5"}


def fails_once(status: int, changes: list[str]) -> object:
    """A server whose first answer to a change has this status."""

    def answer(request: Request) -> Reply:
        if request.method == "GET" or "dry_run" in request.path or b'"dry_run":true' in request.body:
            lists = ("variables", "pools", "dags", "dag_runs", "task_instances", "assets", "tasks")
            return reply({**RECORD, **{name: [RECORD] for name in lists}, "total_entries": 1, "id": 1})
        changes.append(f"{request.method} {request.target} {request.body!r}")
        return (
            reply({"detail": "busy"}, status)
            if len(changes) == 1
            else reply({**RECORD, "task_instances": []})
        )

    return answer


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("line", KEPT, ids=" ".join)
def test_a_change_that_sets_a_value_is_sent_again(
    online: Program, stub: Stub, line: tuple[str, ...], status: int
) -> None:
    changes: list[str] = []
    stub.answer = fails_once(status, changes)  # type: ignore[assignment]
    done = online(*line, "--retry-for", "20")
    assert done.code == 0, done.err
    assert len(changes) == 2
    assert changes[0] == changes[1]
    assert done.err.count("still trying") == 1


@pytest.mark.parametrize("line", KEPT, ids=" ".join)
def test_no_change_is_sent_again_where_that_is_off(
    online: Program, stub: Stub, line: tuple[str, ...]
) -> None:
    changes: list[str] = []
    stub.answer = fails_once(503, changes)  # type: ignore[assignment]
    assert online(*line, "--retry-for", "0").code == 3
    assert len(changes) == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("line", ONCE, ids=" ".join)
def test_another_change_is_sent_once(online: Program, stub: Stub, line: tuple[str, ...], status: int) -> None:
    changes: list[str] = []
    stub.answer = fails_once(status, changes)  # type: ignore[assignment]
    done = online(*line, "--retry-for", "20")
    assert done.code == (1 if status == 429 else 3), done.err
    assert len(changes) == 1
    assert "still trying" not in done.err


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_a_refusal_is_final(online: Program, stub: Stub, status: int) -> None:
    changes: list[str] = []
    stub.answer = fails_once(status, changes)  # type: ignore[assignment]
    online("pools", "update", "p", "--slots", "5", "--retry-for", "20")
    assert len(changes) == 1


def test_what_is_repeatable_sets_a_value() -> None:
    operations = table()
    assert {operations[name].method for name in REPEATABLE | REPEATABLE_NOTES} <= {"PATCH", "PUT"}
    assert not any(name.startswith("bulk_") for name in REPEATABLE)
    assert REPEATABLE.isdisjoint(REPEATABLE_NOTES)
