"""Runs of all Dags, deleted and marked after a plan, on a real Airflow."""

from __future__ import annotations

import httpx
import pytest

from tests.support.command_results import check_refused, read_rows
from tests.support.program import Program

DAGS = ("demo_long", "demo_waits")
WHEN = ("--due-after", "1995-01-01", "--due-before", "1996-01-01")


@pytest.fixture
def in_1995(api: httpx.Client, unique: str) -> list[tuple[str, str]]:
    """A run of one Dag and two of another, that were due long ago; nothing of them runs."""
    wanted = [(DAGS[0], f"{unique}_a"), (DAGS[1], f"{unique}_b"), (DAGS[1], f"{unique}_c")]
    for place, (dag_id, run_id) in enumerate(wanted):
        body = {"dag_run_id": run_id, "logical_date": None, "run_after": f"1995-05-0{3 - place}T00:00:00Z"}
        api.post(f"/dags/{dag_id}/dagRuns", json=body).raise_for_status()
        api.patch(f"/dags/{dag_id}/dagRuns/{run_id}", json={"state": "failed"}).raise_for_status()
    return wanted


def test_what_the_dry_run_shows_is_deleted(
    in_1995: list[tuple[str, str]], ctl: Program, api: httpx.Client
) -> None:
    line = ("dagrun", "delete", "~", *WHEN)
    plan = [(row["dag_id"], row["dag_run_id"]) for row in read_rows(ctl(*line, "--dry-run"))]
    assert plan == in_1995
    asked = ctl(*line, answers="n\n")
    assert "3 runs of 2 Dags would be deleted. These are 1 of demo_long, 2 of demo_waits" in asked.err
    done = read_rows(ctl(*line, "--yes"))
    assert [(row["dag_id"], row["dag_run_id"]) for row in done] == plan
    assert {row["result"] for row in done} == {"deleted"}
    assert [api.get(f"/dags/{dag}/dagRuns/{run}").status_code for dag, run in plan] == [404] * 3
    assert read_rows(ctl(*line, "--yes")) == []


def test_runs_of_all_dags_are_marked(in_1995: list[tuple[str, str]], ctl: Program, api: httpx.Client) -> None:
    done = read_rows(ctl("dagrun", "mark", "success", "~", *WHEN, "--yes"))
    assert {row["result"] for row in done} == {"now success"}
    states = [api.get(f"/dags/{dag}/dagRuns/{run}").json()["state"] for dag, run in in_1995]
    assert states == ["success"] * 3
    assert ctl("dagrun", "delete", "~", *WHEN, "--yes").code == 0


@pytest.mark.parametrize("more", [("--dry-run",), ("--yes",)])
def test_a_name_without_its_dag_is_refused_alike(more: tuple[str, ...], ctl: Program) -> None:
    check_refused(ctl("dagrun", "delete", "~", "some_run", *more), "a run of which Dag?", code=2)
