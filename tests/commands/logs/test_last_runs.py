"""Logs of the last runs, and of every try of a run's tasks, on a real Airflow."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.support.program import Program

RUNS = ("looked_first", "looked_second")
NEVER = "looked_never"


@pytest.fixture(scope="module")
def greps(working: Program, working_api: httpx.Client) -> Iterator[Program]:
    """Two runs that are over, and a later one that is never due."""
    bodies = [{"dag_run_id": run_id, "logical_date": None, "conf": {}} for run_id in RUNS]
    for body in (*bodies, {"dag_run_id": NEVER, "logical_date": None, "run_after": "2099-01-01T00:00:00Z"}):
        working_api.post("/dags/again/dagRuns", json=body).raise_for_status()
    for run_id in RUNS:
        assert working("dagrun", "wait", "again", run_id).code == 0
    yield working
    for run_id in (*RUNS, NEVER):
        working_api.delete(f"/dags/again/dagRuns/{run_id}").raise_for_status()


def test_a_text_is_found_in_the_logs_of_several_runs(greps: Program) -> None:
    done = greps("logs", "again", "flaky", "--last", "3", "--grep", "this is try")
    assert [line.split(" ", 1)[1] for line in done.lines] == [
        f"{run_id} flaky try 2 | INFO    this is try 2" for run_id in RUNS
    ]
    assert f"no log of flaky in {NEVER}" in done.err
    events = greps("logs", "again", "--last", "3", "--grep", "this is try", "-o", "json").json
    assert [(it["dag_run_id"], it["task_id"], it["try_number"]) for it in events] == [
        (run_id, "flaky", 2) for run_id in RUNS
    ]


def test_every_try_of_several_runs_and_the_last_lines_of_each(greps: Program) -> None:
    lines = greps("logs", "again", "--last", "3", "--try", "all", "--grep", "this is try").lines
    assert [line.partition("INFO    ")[2] for line in lines] == ["this is try 1", "this is try 2"] * 2
    last = greps("logs", "again", "--last", "3", "--try", "all", "--tail", "1").lines
    assert [line.split()[1] for line in last] == list(RUNS)


def test_a_terminal_has_a_heading_for_each_run(greps: Program) -> None:
    lines = greps(
        "logs", "again", "flaky", "--last", "3", "--grep", "this is try", "--color", "never", terminal=True
    ).lines
    headings = [line for line in lines if " run " in line]
    assert headings == [f"── run {run_id} ──" for run_id in RUNS]
    assert lines.index(headings[1]) > 2


def test_a_run_has_every_try_of_its_tasks(greps: Program) -> None:
    lines = greps("dagrun", "logs", "again", RUNS[0], "--try", "all", "--grep", "this is try").lines
    assert [line.partition(" ")[2].split(" | ")[0] for line in lines] == ["flaky", "flaky try 2"]
    assert len(greps("dagrun", "logs", "again", RUNS[0], "--grep", "this is try").lines) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("logs again", "missing TASK_ID"),
        ("logs again flaky looked_first --last 3", "--last is about several runs"),
        ("logs again flaky --last 3 -f", "--last is about several runs"),
        ("logs again flaky --last 0", "must be from 1 to 100"),
        ("dagrun logs again --try all -f", "--follow shows each try from now on"),
    ],
)
def test_what_does_not_go_together_is_refused(line: str, says: str, greps: Program) -> None:
    done = greps(*line.split())
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_a_task_that_no_run_has_is_not_found(greps: Program) -> None:
    done = greps("logs", "again", "nosuch", "--last", "3")
    assert done.code == 1
    assert "again has no task nosuch in its last runs" in done.err
