"""Runs that are triggered, waited for, marked, cleared and deleted, on a real Airflow."""

from __future__ import annotations

from typing import Any

from tests.support.command_results import check_refused, read_rows
from tests.support.program import Program


def test_a_run_is_triggered_by_either_noun(ctl: Program, later: Any, unique: str) -> None:
    later(unique)
    check_refused(ctl("dags", "trigger", "demo_etl", "-r", unique), unique, "exists")
    check_refused(ctl("dagrun", "trigger", "demo_etl", "-r", unique), unique, "exists")


def test_a_run_is_waited_for(ctl: Program, mapped: str) -> None:
    done = ctl("dagrun", "wait", "demo_mapped", mapped, "-o", "json")
    assert (done.json["state"], done.code) == ("success", 0)
    check_refused(ctl("dagrun", "wait", "demo_mapped", "nosuch"), "nosuch", "dagrun list demo_mapped")


def test_what_tasks_of_a_finished_run_returned(ctl: Program, mapped: str) -> None:
    done = ctl("dagrun", "wait", "demo_mapped", mapped, "--result", "list_files")
    assert done.json == {"list_files": ["north.csv", "east.csv", "south.csv", "west.csv"]}
    assert done.code == 0


def test_waiting_ends_in_time(ctl: Program, later: Any, unique: str) -> None:
    done = ctl("dagrun", "wait", "demo_etl", later(unique), "--timeout", "0.1")
    assert done.code == 3
    assert "still queued" in done.err


def test_no_asset_started_this_run(ctl: Program, mapped: str) -> None:
    check_refused(ctl("dagrun", "upstream-asset-events", "demo_mapped", "nosuch"), "nosuch")
    assert ctl("dagrun", "upstream-asset-events", "demo_mapped", mapped, "-o", "json").json == []


def test_a_note_is_written_and_taken_away(ctl: Program, mapped: str) -> None:
    assert ctl("dagrun", "note", "demo_mapped", mapped, "well done", "-o", "json").json["note"] == "well done"
    assert not ctl("dagrun", "note", "demo_mapped", mapped, "", "-o", "json").json["note"]
    check_refused(ctl("dagrun", "note", "demo_mapped", "nosuch", "x"), "nosuch")


def test_runs_are_deleted_after_a_question_with_their_number(ctl: Program, later: Any, unique: str) -> None:
    ids = [later(f"{unique}_{letter}") for letter in "abc"]
    line = ("dagrun", "delete", "demo_etl")
    assert len(read_rows(ctl(*line, *ids, "--dry-run"))) == 3
    check_refused(ctl(*line, *ids), "--yes", code=2)
    asked = ctl(*line, *ids, answers="n\n")
    assert asked.code == 2
    assert "3 runs of demo_etl would be deleted." in asked.err
    assert [row["result"] for row in read_rows(ctl(*line, *ids[:2], "--yes"))] == ["deleted", "deleted"]
    check_refused(ctl(*line, *ids, "--yes"), ids[0])  # nothing is done when one of them is not there
    assert read_rows(ctl("dagrun", "list", "demo_etl", "--run-id-pattern", unique))[0]["dag_run_id"] == ids[2]


def test_runs_to_delete_must_be_chosen(ctl: Program) -> None:
    check_refused(ctl("dagrun", "delete", "demo_etl", "--yes"), "which runs", code=2)
    check_refused(
        ctl("dagrun", "delete", "demo_etl", "x", "--state", "failed", "--yes"), "which runs", code=2
    )


def test_runs_chosen_by_a_filter(ctl: Program) -> None:
    done = ctl("dagrun", "delete", "demo_etl", "--end-date", "2001-01-01", "--yes")
    assert read_rows(done) == []


def test_runs_are_marked(ctl: Program, later: Any, unique: str) -> None:
    ids = [later(f"{unique}_{letter}") for letter in "ab"]
    line = ("dagrun", "mark", "failed", "demo_etl", *ids)
    assert [row["state"] for row in read_rows(ctl(*line, "--dry-run"))] == ["queued", "queued"]
    assert [row["result"] for row in read_rows(ctl(*line, "--yes"))] == ["now failed"] * 2
    assert ctl("dagrun", "get", "demo_etl", ids[0], "-o", "json").json["state"] == "failed"
    assert read_rows(ctl("dagrun", "mark", "success", "demo_etl", ids[0], "-y"))[0]["result"] == "now success"


def test_clearing_a_run_shows_its_plan(ctl: Program, etl: str) -> None:
    plan = read_rows(ctl("dagrun", "clear", "demo_etl", etl, "--dry-run"))
    assert {row["task_id"] for row in plan} == {"extract", "transform", "load"}
    asked = ctl("dagrun", "clear", "demo_etl", etl, answers="n\n")
    assert "3 task instances of for_changing would be cleared." in asked.err
    assert read_rows(ctl("dagrun", "clear", "demo_etl", etl, "--only-failed", "--yes")) == []
