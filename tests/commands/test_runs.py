"""Runs, their tasks and what these leave behind: on a real Airflow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.program import Done, Program
from tests.support.waiting import until


def refused(done: Done, *words: str, code: int = 1) -> None:
    """The line failed with this code: no data, one line that holds these words and perhaps the way out."""
    first, *hint = done.err.splitlines()
    assert (done.out, done.code) == ("", code), done
    assert first.startswith("error: ")
    assert all(word in done.err for word in words), done.err
    assert len(hint) <= 1


def rows(done: Done) -> list[dict[str, str]]:
    """A list in the format for pipes."""
    assert done.code == 0, done
    header, *lines = [line.split("\t") for line in done.lines]
    return [dict(zip(header, line, strict=True)) for line in lines]


def ended(admin: Program, api: httpx.Client, dag_id: str, run_id: str) -> str:
    done = admin("dagrun", "trigger", dag_id, "--run-id", run_id)
    assert done.code == 0, done.err
    path = f"/dags/{dag_id}/dagRuns/{run_id}"
    until(lambda: api.get(path).json()["state"] in ("success", "failed"), f"the end of {run_id}", 120)
    return run_id


@pytest.fixture(scope="module")
def mapped(admin: Program, api: httpx.Client) -> str:
    """A run of demo_mapped that has ended."""
    return ended(admin, api, "demo_mapped", "for_looking")


@pytest.fixture(scope="module")
def etl(admin: Program, api: httpx.Client) -> str:
    """A run of demo_etl that has ended."""
    return ended(admin, api, "demo_etl", "for_changing")


@pytest.fixture
def asking(ctl: Program, api: httpx.Client, unique: str) -> Iterator[str]:
    """A run whose task waits for an answer."""
    assert ctl("dagrun", "trigger", "demo_waits", "-r", unique).code == 0
    path = f"/dags/demo_waits/dagRuns/{unique}/taskInstances/approve"
    until(lambda: api.get(path).json().get("state") == "awaiting_input", "a question", 120)
    yield unique
    api.patch(f"/dags/demo_waits/dagRuns/{unique}", json={"state": "failed"})


@pytest.fixture
def later(ctl: Program) -> Iterator[Any]:
    """Makes runs that wait to be started."""
    made: list[str] = []

    def make(run_id: str) -> str:
        done = ctl(
            "dagrun", "trigger", "demo_etl", "-r", run_id, "--run-after", "+1d", "--conf", '{"region": "us"}'
        )
        assert done.code == 0, done.err
        made.append(run_id)
        return run_id

    yield make
    for run_id in made:
        ctl("dagrun", "delete", "demo_etl", run_id, "--yes")


# Runs.


def test_a_run_is_triggered_by_either_noun(ctl: Program, later: Any, unique: str) -> None:
    later(unique)
    refused(ctl("dags", "trigger", "demo_etl", "-r", unique), unique, "exists")
    refused(ctl("dagrun", "trigger", "demo_etl", "-r", unique), unique, "exists")


def test_runs_are_filtered_by_the_server(ctl: Program, later: Any, unique: str) -> None:
    later(f"{unique}_a")
    later(f"{unique}_b")
    listed = ("dagrun", "list", "demo_etl", "--run-id-pattern", unique)
    assert [row["dag_run_id"] for row in rows(ctl(*listed))] == [f"{unique}_b", f"{unique}_a"]
    for given, count in {
        ("--due-after", "+1h"): 2,
        ("-e", "now"): 0,
        ("--triggered-by", "admin"): 2,
        ("--conf-contains", "us"): 2,
        ("--conf-contains", "asia"): 0,
        ("--state", "queued", "--run-type", "manual"): 2,
        ("--limit", "1"): 1,
        ("--no-backfill",): 2,
        ("--started-before", "2001-01-01"): 0,
    }.items():
        assert len(rows(ctl(*listed, *given))) == count, given


def test_the_classic_words_for_a_list_of_runs_work(ctl: Program, mapped: str) -> None:
    done = ctl("dags", "list-runs", "-d", "demo_mapped", "-o", "name")
    assert mapped in done.lines
    assert done.err == "now: airflowctl dagrun list\n"


def test_runs_of_several_dags(ctl: Program, mapped: str, etl: str) -> None:
    line = ("dagrun", "list", "demo_etl", "demo_mapped")
    found = rows(ctl(*line, "--state", "success", "--due-after", "-1d"))
    assert {row["dag_id"] for row in found} == {"demo_etl", "demo_mapped"}
    assert len(rows(ctl(*line, "--limit", "1"))) == 1
    refused(ctl(*line, "--bundle-version", "1"), "--bundle-version", "several Dags", code=2)


def test_a_run_is_waited_for(ctl: Program, mapped: str) -> None:
    done = ctl("dagrun", "wait", "demo_mapped", mapped, "-o", "json")
    assert (done.json["state"], done.code) == ("success", 0)
    refused(ctl("dagrun", "wait", "demo_mapped", "nosuch"), "nosuch", "dagrun list demo_mapped")


def test_what_tasks_of_a_finished_run_returned(ctl: Program, mapped: str) -> None:
    done = ctl("dagrun", "wait", "demo_mapped", mapped, "--result", "list_files")
    assert done.json == {"list_files": ["north.csv", "east.csv", "south.csv", "west.csv"]}
    assert done.code == 0


def test_waiting_ends_in_time(ctl: Program, later: Any, unique: str) -> None:
    done = ctl("dagrun", "wait", "demo_etl", later(unique), "--timeout", "0.1")
    assert done.code == 3
    assert "still queued" in done.err


def test_no_asset_started_this_run(ctl: Program, mapped: str) -> None:
    refused(ctl("dagrun", "upstream-asset-events", "demo_mapped", "nosuch"), "nosuch")
    assert ctl("dagrun", "upstream-asset-events", "demo_mapped", mapped, "-o", "json").json == []


def test_a_note_is_written_and_taken_away(ctl: Program, mapped: str) -> None:
    assert ctl("dagrun", "note", "demo_mapped", mapped, "well done", "-o", "json").json["note"] == "well done"
    assert not ctl("dagrun", "note", "demo_mapped", mapped, "", "-o", "json").json["note"]
    refused(ctl("dagrun", "note", "demo_mapped", "nosuch", "x"), "nosuch")


def test_runs_are_deleted_after_a_question_with_their_number(ctl: Program, later: Any, unique: str) -> None:
    ids = [later(f"{unique}_{letter}") for letter in "abc"]
    line = ("dagrun", "delete", "demo_etl")
    assert len(rows(ctl(*line, *ids, "--dry-run"))) == 3
    refused(ctl(*line, *ids), "--yes", code=2)
    asked = ctl(*line, *ids, answers="n\n")
    assert asked.code == 2
    assert "3 runs of demo_etl would be deleted." in asked.err
    assert [row["result"] for row in rows(ctl(*line, *ids[:2], "--yes"))] == ["deleted", "deleted"]
    refused(ctl(*line, *ids, "--yes"), ids[0])  # nothing is done when one of them is not there
    assert rows(ctl("dagrun", "list", "demo_etl", "--run-id-pattern", unique))[0]["dag_run_id"] == ids[2]


def test_runs_to_delete_must_be_chosen(ctl: Program) -> None:
    refused(ctl("dagrun", "delete", "demo_etl", "--yes"), "which runs", code=2)
    refused(ctl("dagrun", "delete", "demo_etl", "x", "--state", "failed", "--yes"), "which runs", code=2)


def test_runs_chosen_by_a_filter(ctl: Program) -> None:
    done = ctl("dagrun", "delete", "demo_etl", "--end-date", "2001-01-01", "--yes")
    assert rows(done) == []


def test_runs_are_marked(ctl: Program, later: Any, unique: str) -> None:
    ids = [later(f"{unique}_{letter}") for letter in "ab"]
    line = ("dagrun", "mark", "failed", "demo_etl", *ids)
    assert [row["state"] for row in rows(ctl(*line, "--dry-run"))] == ["queued", "queued"]
    assert [row["result"] for row in rows(ctl(*line, "--yes"))] == ["now failed"] * 2
    assert ctl("dagrun", "get", "demo_etl", ids[0], "-o", "json").json["state"] == "failed"
    assert rows(ctl("dagrun", "mark", "success", "demo_etl", ids[0], "-y"))[0]["result"] == "now success"


def test_clearing_a_run_shows_its_plan(ctl: Program, etl: str) -> None:
    plan = rows(ctl("dagrun", "clear", "demo_etl", etl, "--dry-run"))
    assert {row["task_id"] for row in plan} == {"extract", "transform", "load"}
    asked = ctl("dagrun", "clear", "demo_etl", etl, answers="n\n")
    assert "3 task instances of for_changing would be cleared." in asked.err
    assert rows(ctl("dagrun", "clear", "demo_etl", etl, "--only-failed", "--yes")) == []


# Tasks.


def test_the_tasks_of_a_dag_as_a_tree(ctl: Program) -> None:
    assert ctl("tasks", "list", "demo_etl", "--tree").lines == ["extract", "    transform", "        load"]


def test_a_task_and_its_instance(ctl: Program, mapped: str) -> None:
    assert ctl("tasks", "get", "demo_etl", "load", "-o", "json").json["retries"] == 0
    assert ctl("tasks", "get", "demo_mapped", "add_up", mapped, "-o", "json").json["state"] == "success"
    refused(ctl("tasks", "get", "demo_etl", "nosuch"), "nosuch", "tasks list demo_etl")


def test_the_state_of_a_task(ctl: Program, mapped: str) -> None:
    line = ("tasks", "state", "demo_mapped")
    assert ctl(*line, "add_up", mapped).out == "success\n"
    assert ctl(*line, "count_letters", mapped, "--map-index", "3").out == "success\n"
    refused(ctl(*line, "count_letters", mapped), "--map-index", "tasks mapped demo_mapped count_letters")
    refused(ctl(*line, "count_letters", mapped, "--map-index", "9"), "count_letters")
    refused(ctl(*line, "add_up", "2001-01-01"), "no run of the logical date")


def test_the_instances_of_a_mapped_task(ctl: Program, mapped: str) -> None:
    line = ("tasks", "mapped", "demo_mapped", "count_letters", mapped)
    assert [row["map_index"] for row in rows(ctl(*line))] == ["0", "1", "2", "3"]
    assert rows(ctl(*line, "--state", "failed")) == []


def test_states_are_filtered_by_the_server(ctl: Program, mapped: str) -> None:
    line = ("tasks", "states-for-dag-run", "demo_mapped", mapped)
    assert len(rows(ctl(*line))) == 6
    for given, count in {
        ("--task-id", "count_letters"): 4,
        ("--map-index", "2"): 1,
        ("--state", "failed"): 0,
        ("--started-before", "2001-01-01"): 0,
        ("--task-pattern", "add"): 1,
        ("--try-number", "1", "--limit", "2"): 2,
        ("--pool", "nosuch"): 0,
    }.items():
        assert len(rows(ctl(*line, *given))) == count, given


def test_instances_of_all_dags(ctl: Program, mapped: str, etl: str) -> None:
    found = rows(ctl("tasks", "instances", "--state", "success", "--started-after", "-1d"))
    assert {row["dag_id"] for row in found} >= {"demo_etl", "demo_mapped"}
    assert len(rows(ctl("tasks", "instances", "demo_mapped", mapped))) == 6


def test_tries(ctl: Program, mapped: str) -> None:
    line = ("tasks", "tries", "demo_mapped")
    assert [row["try_number"] for row in rows(ctl(*line, "add_up", mapped))] == ["1"]
    assert len(rows(ctl(*line, "count_letters", mapped, "--map-index", "1"))) == 1
    assert ctl(*line, "add_up", mapped, "1", "-o", "json").json["state"] == "success"
    refused(ctl(*line, "add_up", mapped, "7"), "7")


def test_what_a_task_waits_for(ctl: Program, asking: str, mapped: str) -> None:
    line = ("tasks", "failed-deps", "demo_waits", "pay", asking)
    assert "Trigger Rule" in {row["name"] for row in rows(ctl(*line))}
    assert ctl("tasks", "dependencies", *line[2:]).out == ctl(*line).out
    assert rows(ctl("tasks", "failed-deps", "demo_mapped", "add_up", mapped)) == []
    seen = ctl("tasks", "failed-deps", "demo_mapped", "add_up", mapped, terminal=True, answers="")
    assert "all dependencies are met" not in seen.out + seen.err


def test_rendered_fields_as_the_classic_prints_them(ctl: Program, mapped: str) -> None:
    done = ctl("tasks", "render", "demo_mapped", "add_up", mapped)
    assert "# property: op_args" in done.lines
    refused(ctl("tasks", "render", "demo_mapped", "nosuch", mapped), "nosuch")


def test_links_and_the_place_of_logs(ctl: Program, mapped: str) -> None:
    assert rows(ctl("tasks", "links", "demo_mapped", "add_up", mapped)) == []
    refused(ctl("tasks", "log-url", "demo_mapped", "add_up", mapped), "does not support external logs")


def test_clearing_tasks_takes_all_states_unless_told(ctl: Program, etl: str) -> None:
    line = ("tasks", "clear", "demo_etl", "--run-id", etl, "--dry-run")
    assert len(rows(ctl(*line))) == 3
    for given, count in {
        ("-t", "^tra"): 1,
        ("-t", "tra", "-d"): 3,
        ("--task-id", "load", "-u"): 3,
        ("--task-id", "transform", "-d"): 2,
        ("-t", "nosuch"): 0,
        ("-f",): 0,
        ("-r",): 0,
    }.items():
        assert len(rows(ctl(*line, *given))) == count, given
    refused(ctl(*line, "-t", "("), "regular expression", code=2)
    refused(ctl(*line, "-s", "2026-11-01"), "--run-id and dates", code=2)
    refused(ctl("tasks", "clear", "demo_etl", "--past"), "--run-id", code=2)
    refused(ctl("tasks", "clear", "nosuch", "--dry-run"), "nosuch")
    both = rows(ctl("tasks", "clear", "demo_(etl|mapped)", "-R", "--dry-run"))
    assert {row["dag_id"] for row in both} >= {"demo_etl"}


def test_tasks_are_marked_noted_cleared_and_deleted(ctl: Program, api: httpx.Client, etl: str) -> None:
    line = ("tasks", "mark", "skipped", "demo_etl", "load", etl)
    assert len(rows(ctl(*line, "--dry-run"))) == 1
    assert len(rows(ctl(*line, "--upstream", "--dry-run"))) == 3
    assert "1 task instance would be skipped." in ctl(*line, answers="n\n").err
    assert [row["state"] for row in rows(ctl(*line, "--yes"))] == ["skipped"]
    done = rows(ctl("tasks", "mark-all", "failed", "demo_etl", etl, "--state", "skipped", "--yes"))
    assert [row["result"] for row in done] == ["now failed"]
    both = ("--task-id", "load", "--task-id", "transform", "--dry-run")
    assert len(rows(ctl("tasks", "mark-all", "skipped", "demo_etl", etl, *both))) == 2
    assert rows(ctl("tasks", "note", "demo_etl", "load", etl, "by hand"))[0]["note"] == "by hand"
    assert (
        ctl("tasks", "delete", "demo_etl", "load", etl, "--dry-run", "-o", "json").json["state"] == "failed"
    )
    cleared = ctl("tasks", "clear", "demo_etl", "--run-id", etl, "-t", "load", "--yes")
    assert cleared.out == "cleared 1 task instance of 1 run\n"
    path = f"/dags/demo_etl/dagRuns/{etl}"
    until(lambda: api.get(path).json()["state"] == "success", "the end of the run", 120)
    assert ctl("tasks", "delete", "demo_etl", "load", etl, "--yes").code == 0
    refused(ctl("tasks", "delete", "demo_etl", "load", etl, "--yes"), "load")


def test_a_group_that_is_not_there(ctl: Program, mapped: str) -> None:
    refused(ctl("tasks", "mark-group", "success", "demo_mapped", "nosuch", mapped, "--dry-run"), "nosuch")


def test_what_a_task_keeps(ctl: Program, mapped: str) -> None:
    place = ("demo_mapped", "add_up", mapped)

    def store(verb: str, *given: str) -> Done:
        return ctl("tasks", "state-store", verb, *place, *given)

    assert store("set", "a/b", '{"n": 1}').out == "created a/b\n"
    assert store("set", "a/b", "[2]").out == "changed a/b\n"
    assert store("get", "a/b", "-o", "json").json["value"] == [2]
    assert store("get", "a/b").out == "[2]\n"
    assert store("set", "other", "1", "--expires-at", "+1d").code == 0
    assert {row["key"] for row in rows(store("list"))} == {"a/b", "other"}
    refused(store("get", "nosuch"), "nosuch", "state-store list")
    assert store("delete", "a/b", "--dry-run").out == "would delete a/b\n"
    assert store("delete", "a/b").out == "deleted a/b\n"
    assert len(rows(store("clear", "--dry-run"))) == 1
    assert store("clear", "--yes").code == 0
    assert rows(store("list")) == []


# XComs.


def test_an_xcom_is_native_json(ctl: Program, mapped: str) -> None:
    place = ("demo_mapped", mapped, "list_files")
    assert ctl("xcom", "get", *place, "return_value").json == [
        "north.csv",
        "east.csv",
        "south.csv",
        "west.csv",
    ]
    value = {"a": [1, None, {"b": "ü"}]}
    added = ctl("xcom", "add", *place, "--key", "a/b", "--value", json.dumps(value), "-o", "json")
    assert added.json["value"] == value
    assert ctl("xcom", "get", *place, "a/b").json == value
    refused(ctl("xcom", "add", *place, "a/b", "1"), "a/b")
    refused(ctl("xcom", "add", *place, "bare", "no json"), "not JSON", code=2)
    assert {row["key"] for row in rows(ctl("xcom", "list", *place))} == {"a/b", "return_value"}
    assert [row["key"] for row in rows(ctl("xcom", "list", *place, "--pattern", "a/"))] == ["a/b"]
    assert ctl("xcom", "edit", *place, "a/b", "7").code == 0
    assert ctl("xcom", "delete", *place, "a/b", "--dry-run", "-o", "json").json["value"] == 7
    assert ctl("xcom", "delete", *place, "a/b").out == "deleted a/b\n"
    refused(ctl("xcom", "get", *place, "a/b"), "a/b", "xcom list demo_mapped")


def test_the_xcom_of_one_of_the_mapped(ctl: Program, mapped: str) -> None:
    line = ("xcom", "get", "demo_mapped", "latest", "count_letters", "return_value")
    assert ctl(*line, "--map-index", "1").json == len("east.csv")


# Questions.


def test_a_question_is_answered_once(ctl: Program, asking: str) -> None:
    place = ("demo_waits", "approve", asking)
    pending = ctl("hitl", "list", "demo_waits", asking, "--pending", "-o", "json").json
    assert [one["subject"] for one in pending] == ["Pay the invoice?"]
    assert ctl("hitl", "show", *place, "-o", "json").json["options"] == ["Approve", "Reject"]
    refused(ctl("hitl", "respond", *place, "Maybe"), "'Maybe'", "one of: Approve, Reject", code=2)
    assert ctl("hitl", "approve", *place).out == "answered approve: Approve\n"
    refused(ctl("hitl", "reject", *place), "already")
    assert ctl("hitl", "list", "demo_waits", asking, "--pending", "-o", "json").json == []
    assert len(ctl("hitl", "list", "demo_waits", asking, "--no-pending", "-o", "json").json) == 1
    shown = ctl("hitl", "show", *place, "--try-number", "1", "-o", "json").json
    assert shown["chosen_options"] == ["Approve"]


# Partitions and events.


def test_partitions_are_counted_before(ctl: Program) -> None:
    line = ("partitions", "clear", "-d", "demo_etl", "--date", "2026-01-01~2026-01-02")
    assert ctl(*line, "--dry-run", "-o", "json").json["dag_runs_cleared"] == 0
    refused(ctl(*line, "-s", "2026-01-01"), "--date", code=2)
    refused(ctl("partitions", "clear", "-d", "nosuch", "-k", "x", "--dry-run"), "nosuch")


def test_what_was_done(ctl: Program, mapped: str) -> None:
    found = rows(ctl("events", "list", "demo_mapped", "--run-id", mapped, "--task-id", "add_up"))
    assert {"running", "success"} <= {row["event"] for row in found}
    assert [row["when"] for row in found] == sorted((row["when"] for row in found), reverse=True)
    only = rows(ctl("events", "list", "demo_mapped", "--event", "success", "--limit", "2"))
    assert [row["event"] for row in only] == ["success", "success"]
    one = ctl("events", "get", only[0]["event_log_id"], "-o", "json").json
    assert one["dag_id"] == "demo_mapped"
    refused(ctl("events", "get", "99999999"), "99999999")
