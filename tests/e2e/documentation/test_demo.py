"""What scripts/demo opens with: four days of runs, one that failed, one that waits; and its story."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from local_airflow.demo.command import find_troubles
from local_airflow.demo.story import STORY, Troubles, describe_troubles, propose_lines

from tests.support.documented_lines import run_line
from tests.support.paths import ROOT
from tests.support.program import Program

pytestmark = pytest.mark.time_limit(240)


def dates(demo: Program, dag: str) -> list[str]:
    runs = demo("dagrun", "list", dag, "-o", "json").json
    return sorted(run["logical_date"][:10] for run in runs)


def days(*numbers: int) -> list[str]:
    now = datetime.now(UTC)
    return [f"{now + timedelta(days=number):%Y-%m-%d}" for number in numbers]


def test_it_says_what_is_wrong(demo: Program) -> None:
    troubles = find_troubles({**os.environ, **demo.environ})
    assert troubles == Troubles(["etl"], [("invoices", "Pay the invoice of 120.00?")])
    assert len(describe_troubles(troubles)) == 2
    assert all(len(line) <= 80 for line in (*describe_troubles(troubles), *propose_lines()))


def test_four_days_of_runs_are_there(demo: Program) -> None:
    assert dates(demo, "etl") == days(-3, -2, -1, 0)
    assert dates(demo, "rates") == days(-4, -3, -2, -1, 0)
    kinds = [run["run_type"] for run in demo("dagrun", "list", "rates", "-o", "json").json]
    assert sorted(kinds) == ["backfill"] * 3 + ["scheduled"] * 2
    assert len(demo("backfill", "list", "rates", "-o", "json").json) == 1
    assert len(demo("assets", "events", "-o", "json").json) == 3
    reports = demo("tasks", "instances", "reports", "latest", "-o", "json").json
    mapped = [task for task in reports if task["task_id"] == "render"]
    assert sorted(task["map_index"] for task in mapped) == [0, 1, 2]
    assert max(task["try_number"] for task in mapped) == 2
    now = datetime.now(UTC)
    ends = [
        run["end_date"]
        for dag in ("etl", "rates", "reports")
        for run in demo("dagrun", "list", dag, "-o", "json").json
    ]
    assert all(datetime.fromisoformat(end) < now for end in ends)


def test_the_failure_has_a_cause_and_a_log(demo: Program) -> None:
    why = demo("why", "etl")
    assert why.code == 1
    assert "could not convert string to float: 'n/a'" in why.out
    assert "euros = row" in why.out
    assert "an exchange rate of n/a" in demo("logs", "etl", "load", "latest").out
    events = demo("events", "list", "--event", "patch_variable", "-o", "json").json
    assert [event["event"] for event in events] == ["patch_variable"]


def test_the_story_ends_well(demo: Program, tmp_path: Path) -> None:
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    environ = {**demo.environ, "HOME": str(tmp_path), "PATH": path, "TERM": "dumb", "PAGER": "cat"}
    codes = [(chapter.line, run_line(chapter.line, environ, tmp_path, "").code) for chapter in STORY]
    assert codes == [(chapter.line, chapter.code) for chapter in STORY]
    assert len(STORY) * 2 <= 12  # each has a line of words
