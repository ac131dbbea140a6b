"""`tasks list`, `get` and the states of instances, on a real Airflow."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx

from tests.support.command_results import check_refused, read_column, read_rows
from tests.support.program import Done, Program


def test_tasks_list(ctl: Program, api: httpx.Client) -> None:
    done = ctl("tasks", "list", "demo_etl", "-o", "json")
    assert [task["task_id"] for task in done.json] == ["extract", "load", "transform"]
    assert done.json == api.get("/dags/demo_etl/tasks", params={"order_by": "task_id"}).json()["tasks"]
    assert read_column(ctl("tasks", "list", "demo_etl"), "downstream_task_ids") == ["transform", "", "load"]


def test_the_states_of_a_run_that_failed(ctl: Program, failed_run: Done) -> None:
    done = ctl("tasks", "states-for-dag-run", "demo_fails", failed_run.json["dag_run_id"])
    states = dict(zip(read_column(done, "task_id"), read_column(done, "state"), strict=True))
    assert states == {"prepare": "success", "compute": "failed", "report": "upstream_failed"}


def test_a_mapped_task_has_a_line_for_each_of_its_parts(ctl: Program, mapped_run: str) -> None:
    done = ctl("tasks", "states-for-dag-run", "demo_mapped", mapped_run)
    parts = sorted(zip(read_column(done, "task_id"), read_column(done, "map_index"), strict=True))
    assert parts == [
        ("add_up", "-1"),
        ("count_letters", "0"),
        ("count_letters", "1"),
        ("count_letters", "2"),
        ("count_letters", "3"),
        ("list_files", "-1"),
    ]
    assert set(read_column(done, "state")) == {"success"}


def test_one_task_of_a_run(ctl: Program, good_run: Done) -> None:
    run_id = good_run.json["dag_run_id"]
    done = ctl("tasks", "states-for-dag-run", "demo_etl", run_id, "--task-id", "load")
    assert read_column(done, "task_id") == ["load"]


def test_a_person_sees_no_number_on_a_task_that_is_not_mapped(ctl: Program, mapped_run: str) -> None:
    done = ctl("tasks", "states-for-dag-run", "demo_mapped", mapped_run, "-o", "plain")
    assert re.search("^list_files +success ", done.out, re.MULTILINE)
    assert re.search("^count_letters +3 +success ", done.out, re.MULTILINE)


def test_a_run_without_mapped_tasks_shows_no_empty_column(ctl: Program, good_run: Done) -> None:
    line = ("tasks", "states-for-dag-run", "demo_etl", good_run.json["dag_run_id"])
    assert "map_index" not in ctl(*line, "-o", "plain").lines[0]
    assert len(ctl(*line, "-o", "plain").lines) == 4


def test_task_states_as_the_server_has_them(ctl: Program, api: httpx.Client, mapped_run: str) -> None:
    shown = ctl("tasks", "states-for-dag-run", "demo_mapped", mapped_run, "-o", "json").json
    path = f"/dags/demo_mapped/dagRuns/{quote(mapped_run, safe='')}/taskInstances"
    known = api.get(path).json()["task_instances"]

    def place(task: dict[str, Any]) -> str:
        return str(task["id"])

    assert sorted(shown, key=place) == sorted(known, key=place)


def test_the_tasks_of_a_dag_as_a_tree(ctl: Program) -> None:
    assert ctl("tasks", "list", "demo_etl", "--tree").lines == ["extract", "    transform", "        load"]


def test_a_task_and_its_instance(ctl: Program, mapped: str) -> None:
    assert ctl("tasks", "get", "demo_etl", "load", "-o", "json").json["retries"] == 0
    assert ctl("tasks", "get", "demo_mapped", "add_up", mapped, "-o", "json").json["state"] == "success"
    check_refused(ctl("tasks", "get", "demo_etl", "nosuch"), "nosuch", "tasks list demo_etl")


def test_the_state_of_a_task(ctl: Program, mapped: str) -> None:
    line = ("tasks", "state", "demo_mapped")
    assert ctl(*line, "add_up", mapped).out == "success\n"
    assert ctl(*line, "count_letters", mapped, "--map-index", "3").out == "success\n"
    check_refused(
        ctl(*line, "count_letters", mapped), "--map-index", "tasks mapped demo_mapped count_letters"
    )
    check_refused(ctl(*line, "count_letters", mapped, "--map-index", "9"), "count_letters")
    check_refused(ctl(*line, "add_up", "2001-01-01"), "no run of the logical date")


def test_the_instances_of_a_mapped_task(ctl: Program, mapped: str) -> None:
    line = ("tasks", "mapped", "demo_mapped", "count_letters", mapped)
    assert [row["map_index"] for row in read_rows(ctl(*line))] == ["0", "1", "2", "3"]
    assert read_rows(ctl(*line, "--state", "failed")) == []


def test_states_are_filtered_by_the_server(ctl: Program, mapped: str) -> None:
    line = ("tasks", "states-for-dag-run", "demo_mapped", mapped)
    assert len(read_rows(ctl(*line))) == 6
    for given, count in {
        ("--task-id", "count_letters"): 4,
        ("--map-index", "2"): 1,
        ("--state", "failed"): 0,
        ("--started-before", "2001-01-01"): 0,
        ("--task-pattern", "add"): 1,
        ("--try-number", "1", "--limit", "2"): 2,
        ("--pool", "nosuch"): 0,
    }.items():
        assert len(read_rows(ctl(*line, *given))) == count, given


def test_instances_of_all_dags(ctl: Program, mapped: str, etl: str) -> None:
    found = read_rows(ctl("tasks", "instances", "--state", "success", "--started-after", "-1d"))
    assert {row["dag_id"] for row in found} >= {"demo_etl", "demo_mapped"}
    assert len(read_rows(ctl("tasks", "instances", "demo_mapped", mapped))) == 6


def test_tries(ctl: Program, mapped: str) -> None:
    line = ("tasks", "tries", "demo_mapped")
    assert [row["try_number"] for row in read_rows(ctl(*line, "add_up", mapped))] == ["1"]
    assert len(read_rows(ctl(*line, "count_letters", mapped, "--map-index", "1"))) == 1
    assert ctl(*line, "add_up", mapped, "1", "-o", "json").json["state"] == "success"
    check_refused(ctl(*line, "add_up", mapped, "7"), "7")


def test_what_a_task_waits_for(ctl: Program, asking: str, mapped: str) -> None:
    line = ("tasks", "failed-deps", "demo_waits", "pay", asking)
    assert "Trigger Rule" in {row["name"] for row in read_rows(ctl(*line))}
    assert ctl("tasks", "dependencies", *line[2:]).out == ctl(*line).out
    assert read_rows(ctl("tasks", "failed-deps", "demo_mapped", "add_up", mapped)) == []
    seen = ctl("tasks", "failed-deps", "demo_mapped", "add_up", mapped, terminal=True, answers="")
    assert "all dependencies are met" not in seen.out + seen.err


def test_rendered_fields_as_the_classic_prints_them(ctl: Program, mapped: str) -> None:
    done = ctl("tasks", "render", "demo_mapped", "add_up", mapped)
    assert "# property: op_args" in done.lines
    check_refused(ctl("tasks", "render", "demo_mapped", "nosuch", mapped), "nosuch")


def test_links_and_the_place_of_logs(ctl: Program, mapped: str) -> None:
    assert read_rows(ctl("tasks", "links", "demo_mapped", "add_up", mapped)) == []
    check_refused(ctl("tasks", "log-url", "demo_mapped", "add_up", mapped), "does not support external logs")
