"""Ids are compared whole: one that is a part of another gets neither its result nor its hint."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest

from airflowctl.core.wording import find_names
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply

NEAR = ("load", "load_all", "load.x", "re-load")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Task load_all is locked", ["load_all"]),
        ("Task load is locked", ["load"]),
        ("the tasks load.x, 'load' and `re-load`: locked", ["load.x", "load", "re-load"]),
        ("cannot change load.", ["load"]),
        ("load: locked", ["load"]),
        ("load[3] is locked", ["load"]),
        ("not found: dags/load_all/tasks/load", ["load_all", "load"]),
        ("reload, load2, _load, load-, é-load and loadé", ["load"]),
        ("etl.load.x of load:1, load+2, load~3, load@4", []),
        ("{'load_all', 'load'}", ["load_all", "load"]),
        ("", []),
    ],
)
def test_a_name_stands_whole_in_a_text(text: str, found: list[str]) -> None:
    assert find_names(text, NEAR) == found


def test_a_name_within_a_longer_one_with_a_space_is_not_there() -> None:
    assert find_names("no pool my load here", ("load", "my load")) == ["my load"]
    assert find_names("no pool my load, and no load", ("load", "my load", "")) == ["my load", "load"]


# What came of each, in the answers of a bulk request.


def instances(*names: tuple[str, int]) -> list[dict[str, Any]]:
    run = {"dag_id": "etl", "dag_run_id": "r", "state": "running"}
    return [{**run, "task_id": task_id, "map_index": index} for task_id, index in names]


def mark_all(online: Program, stub: Stub, tasks: list[dict[str, Any]], update: dict[str, Any]) -> Done:
    def answer(request: Request) -> Reply:
        if request.method == "PATCH":
            return reply({"update": update})
        return reply({"task_instances": tasks, "total_entries": len(tasks), "dag_run_id": "r"})

    stub.answer = answer
    return online("tasks", "mark-all", "success", "etl", "r", "--yes", "-o", "json")


def results(done: Done, key: str = "task_id") -> dict[str, tuple[str, Any]]:
    return {row[key]: (row["result"], row["reason"]) for row in done.json}


UNSAID = "the server did not do it"


@pytest.mark.parametrize("locked", NEAR)
@pytest.mark.parametrize("is_older", [True, False], ids=["3.1", "3.2"])
def test_only_the_task_that_failed_is_reported_failed(
    locked: str, is_older: bool, online: Program, stub: Stub
) -> None:
    error = f"Task {locked} is locked"
    done_names = [name for name in NEAR if name != locked]
    keys = done_names if is_older else [f"etl.r.{name}[-1]" for name in done_names]
    update = {"success": keys, "errors": [{"error": error, "status_code": 409}]}
    done = mark_all(online, stub, instances(*((name, -1) for name in NEAR)), update)
    assert results(done) == {
        name: ("failed", error) if name == locked else ("now success", None) for name in NEAR
    }
    assert done.code == 1


@pytest.mark.parametrize("is_older", [True, False], ids=["3.1", "3.2"])
def test_the_reason_of_another_task_is_not_its_reason(is_older: bool, online: Program, stub: Stub) -> None:
    errors = [{"error": "Task load_all is locked"}]
    done = mark_all(
        online, stub, instances(("load", -1), ("load_all", -1)), {"success": [], "errors": errors}
    )
    assert results(done) == {"load": ("failed", UNSAID), "load_all": ("failed", "Task load_all is locked")}


def test_an_older_server_names_a_task_once_for_each_of_its_instances(online: Program, stub: Stub) -> None:
    tasks = instances(("load", 0), ("load", 1), ("load", 2))
    done = mark_all(online, stub, tasks, {"success": ["load", "load"], "errors": [{"error": "no load [2]"}]})
    assert [(row["map_index"], row["result"], row["reason"]) for row in done.json] == [
        (0, "now success", None),
        (1, "now success", None),
        (2, "failed", "no load [2]"),
    ]


RUNS = ("r", "r_all", "r.x", "re-r", "manual__2026-11-01T00:00:00+00:00", "manual__2026-11-01T00:00:00")


@pytest.mark.parametrize("locked", RUNS)
def test_only_the_run_that_failed_has_the_reason(locked: str, online: Program, stub: Stub) -> None:
    error = f"The DagRun with dag_id: `etl` and run_id: `{locked}` cannot be deleted in running state"

    def answer(request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply({"version": "3.3.2"})
        if request.method == "PATCH":
            return reply({"delete": {"success": [], "errors": [{"error": error, "status_code": 409}]}})
        return reply({"dag_id": "etl", "dag_run_id": unquote(request.path.rpartition("/")[2]),
                      "state": "failed"})  # fmt: skip

    stub.answer = answer
    done = online("dagrun", "delete", "etl", *RUNS, "--yes", "-o", "json")
    assert [(row["result"], row["reason"]) for row in done.json] == [
        ("failed", error if name == locked else UNSAID) for name in RUNS
    ]


@pytest.mark.parametrize("there", ["load", "load_all", "a'load'b", "my 'load'", 'say "load"'])
def test_only_the_variable_that_is_there_is_the_one_that_exists(
    there: str, online: Program, stub: Stub
) -> None:
    names = ("load", "load_all", "a'load'b", "my 'load'", 'say "load"')
    error = f"The variables with these keys: { {there} } already exist."
    refusal = {"create": {"success": [], "errors": [{"error": error, "status_code": 409}]}}

    def answer(request: Request) -> Reply:
        """Another client makes the variable between the look and the change."""
        if request.method != "GET":
            return reply(refusal)
        is_there = any(earlier.method != "GET" for earlier in stub.requests)
        found = [{"key": there, "value": "2", "description": None}] if is_there else []
        return reply({"variables": found, "total_entries": len(found)})

    stub.answer = answer
    file = json.dumps(dict.fromkeys(names, "1"))
    done = online("variables", "import", "-", "-a", "fail", "-o", "json", stdin=file)
    assert done.code == 1
    assert results(done, "key") == {
        name: ("failed", "it exists already")
        if name == there
        else ("not begun", "another one exists already")
        for name in names
    }
    assert [request.method for request in stub.requests] == ["GET", "PATCH", "GET"]


# The hint names what was not found.


NOT_FOUND: list[tuple[str, str, str]] = [
    ("tasks get load_all load", "The Dag with ID: `load_all` was not found", "airflowctl dags list"),
    ("tasks get load_all load", "Task with id load was not found", "airflowctl tasks list load_all"),
    ("tasks get load load_all", "The Dag with ID: `load` was not found", "airflowctl dags list"),
    ("tasks get load load_all", "Task with id load_all was not found", "airflowctl tasks list load"),
    ("tasks get load load.x", "Task with id load.x was not found", "airflowctl tasks list load"),
    ("tasks get load re-load", "Dag load: Task with id re-load was not found", "airflowctl tasks list load"),
    ("tasks get re-load load", "load was not found in re-load", "airflowctl dags list"),
]


@pytest.mark.parametrize(("line", "message", "hint"), NOT_FOUND)
def test_the_hint_is_for_the_name_that_was_not_found(
    line: str, message: str, hint: str, online: Program, stub: Stub
) -> None:
    stub.answer = lambda request: reply({"detail": message}, 404)
    done = online(*line.split())
    assert (done.out, done.code) == ("", 1)
    assert done.err == f"error: {message}\n  see: {hint}\n"


# Sentences of the server that have a meaning are known whole.


@pytest.mark.parametrize(
    ("line", "detail", "hint"),
    [
        (
            "tasks get etl load r",
            "Task instance is mapped, add the map_index value to the URL",
            "--map-index",
        ),
        ("tasks get etl load r", "no run 'this is mapped'", ""),
        (
            "hitl approve etl load r",
            "Human-in-the-loop detail does not exist for Task Instance with id 7",
            "hitl list",
        ),
        ("hitl approve etl load r", "no run 'Human-in-the-loop'", ""),
    ],
)
def test_a_sentence_is_not_known_by_a_part(
    line: str, detail: str, hint: str, online: Program, stub: Stub
) -> None:
    def answer(request: Request) -> Reply:
        is_instance = "/taskInstances/" in request.path
        return (
            reply({"detail": detail}, 404) if is_instance else reply({"dag_run_id": "r", "state": "failed"})
        )

    stub.answer = answer
    done = online(*line.split())
    assert done.code == 1
    assert (detail in done.err) == (not hint)
    assert hint in done.err


@pytest.mark.parametrize(
    ("body", "is_absent"),
    [
        ({"detail": "Not Found"}, True),
        ({"error": "no such route"}, True),
        ({"detail": "not found: the user ann"}, False),
        ({"detail": "the server does not know ann"}, False),
    ],
)
def test_a_user_that_is_not_there_is_no_server_without_users(
    body: dict[str, str], is_absent: bool, online: Program, stub: Stub
) -> None:
    stub.answer = lambda request: reply(body, 404)
    done = online("users", "get", "ann")
    assert done.code != 0
    assert ("FAB" in done.err) == is_absent
    assert is_absent or body["detail"] in done.err
