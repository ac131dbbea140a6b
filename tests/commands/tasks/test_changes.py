"""Instances that are cleared, marked and deleted, and what a task keeps, on a real Airflow."""

from __future__ import annotations

import httpx

from tests.support.command_results import check_refused, read_rows
from tests.support.program import Done, Program
from tests.support.waiting import until


def test_clearing_tasks_takes_all_states_unless_told(ctl: Program, etl: str) -> None:
    line = ("tasks", "clear", "demo_etl", "--run-id", etl, "--dry-run")
    assert len(read_rows(ctl(*line))) == 3
    for given, count in {
        ("-t", "^tra"): 1,
        ("-t", "tra", "-d"): 3,
        ("--task-id", "load", "-u"): 3,
        ("--task-id", "transform", "-d"): 2,
        ("-t", "nosuch"): 0,
        ("-f",): 0,
        ("-r",): 0,
    }.items():
        assert len(read_rows(ctl(*line, *given))) == count, given
    check_refused(ctl(*line, "-t", "("), "regular expression", code=2)
    check_refused(ctl(*line, "-s", "2026-11-01"), "--run-id and dates", code=2)
    check_refused(ctl("tasks", "clear", "demo_etl", "--past"), "--run-id", code=2)
    check_refused(ctl("tasks", "clear", "nosuch", "--dry-run"), "nosuch")
    both = read_rows(ctl("tasks", "clear", "demo_(etl|mapped)", "-R", "--dry-run"))
    assert {row["dag_id"] for row in both} >= {"demo_etl"}


def test_tasks_are_marked_noted_cleared_and_deleted(ctl: Program, api: httpx.Client, etl: str) -> None:
    line = ("tasks", "mark", "skipped", "demo_etl", "load", etl)
    assert len(read_rows(ctl(*line, "--dry-run"))) == 1
    assert len(read_rows(ctl(*line, "--upstream", "--dry-run"))) == 3
    assert "1 task instance would be skipped." in ctl(*line, answers="n\n").err
    assert [row["state"] for row in read_rows(ctl(*line, "--yes"))] == ["skipped"]
    done = read_rows(ctl("tasks", "mark-all", "failed", "demo_etl", etl, "--state", "skipped", "--yes"))
    assert [row["result"] for row in done] == ["now failed"]
    both = ("--task-id", "load", "--task-id", "transform", "--dry-run")
    assert len(read_rows(ctl("tasks", "mark-all", "skipped", "demo_etl", etl, *both))) == 2
    assert read_rows(ctl("tasks", "note", "demo_etl", "load", etl, "by hand"))[0]["note"] == "by hand"
    assert (
        ctl("tasks", "delete", "demo_etl", "load", etl, "--dry-run", "-o", "json").json["state"] == "failed"
    )
    cleared = ctl("tasks", "clear", "demo_etl", "--run-id", etl, "-t", "load", "--yes")
    assert cleared.out == "cleared 1 task instance of 1 run\n"
    path = f"/dags/demo_etl/dagRuns/{etl}"
    until(lambda: api.get(path).json()["state"] == "success", "the end of the run", 120)
    assert ctl("tasks", "delete", "demo_etl", "load", etl, "--yes").code == 0
    check_refused(ctl("tasks", "delete", "demo_etl", "load", etl, "--yes"), "load")


def test_a_group_that_is_not_there(ctl: Program, mapped: str) -> None:
    check_refused(
        ctl("tasks", "mark-group", "success", "demo_mapped", "nosuch", mapped, "--dry-run"), "nosuch"
    )


def test_what_a_task_keeps(ctl: Program, mapped: str) -> None:
    place = ("demo_mapped", "add_up", mapped)

    def store(verb: str, *given: str) -> Done:
        return ctl("tasks", "state-store", verb, *place, *given)

    assert store("set", "a/b", '{"n": 1}').out == "created a/b\n"
    assert store("set", "a/b", "[2]").out == "changed a/b\n"
    assert store("get", "a/b", "-o", "json").json["value"] == [2]
    assert store("get", "a/b").out == "[2]\n"
    assert store("set", "other", "1", "--expires-at", "+1d").code == 0
    assert {row["key"] for row in read_rows(store("list"))} == {"a/b", "other"}
    check_refused(store("get", "nosuch"), "nosuch", "state-store list")
    assert store("delete", "a/b", "--dry-run").out == "would delete a/b\n"
    assert store("delete", "a/b").out == "deleted a/b\n"
    assert len(read_rows(store("clear", "--dry-run"))) == 1
    assert store("clear", "--yes").code == 0
    assert read_rows(store("list")) == []
