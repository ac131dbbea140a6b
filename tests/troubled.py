"""Runs that failed or are held up, made once for all tests that ask why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.program import Program
from tests.waiting import until

DAY = "2026-10-0{}T00:00:00Z"


class Runs:
    """Starts runs past the program, and tells what became of them."""

    def __init__(self, api: httpx.Client) -> None:
        self.api = api

    def start(self, dag_id: str, run_id: str, conf: dict[str, Any] | None = None, **more: Any) -> None:
        """Again where a database that somebody else writes to refused, or let it wait for too long."""
        body = {"dag_run_id": run_id, "conf": conf or {}, "logical_date": None, **more}

        def started() -> bool:
            try:
                return self.api.post(f"/dags/{dag_id}/dagRuns", json=body).status_code in (200, 409)
            except httpx.TimeoutException:
                return False

        until(started, f"a run {run_id} of {dag_id}")

    def state(self, dag_id: str, run_id: str) -> Any:
        return self.api.get(f"/dags/{dag_id}/dagRuns/{run_id}").json().get("state")

    def task(self, dag_id: str, run_id: str, task_id: str) -> Any:
        return self.api.get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}").json().get("state")

    def ended(self, dag_id: str, run_id: str, state: str) -> None:
        until(lambda: self.state(dag_id, run_id) == state, f"{dag_id} {run_id} {state}")

    def fail(self, dag_id: str, run_id: str) -> None:
        """Mark it, so that nothing of it goes on."""
        body = {"state": "failed"}
        until(
            lambda: (
                self.api.patch(f"/dags/{dag_id}/dagRuns/{run_id}", json=body).is_success
                or self.state(dag_id, run_id) is None
            ),
            f"an end of {dag_id} {run_id}",
        )


@pytest.fixture(scope="session")
def troubled(working_airflow: LocalAirflow, working: Program, working_api: httpx.Client) -> Iterator[Runs]:
    """The runs; those that wait go on waiting until the end."""
    runs = Runs(working_api)
    for dag_id in ("one_at_a_time", "on_the_past", "asleep", "elsewhere"):
        until(lambda it=dag_id: working_api.get(f"/dags/{it}").status_code == 200, f"the Dag {dag_id}")
    runs.start("demo_fails", "bad")
    runs.start("many", "bad", {"fails": 2})
    runs.start("many", "good")
    runs.start("again", "thrice")
    runs.start("elsewhere", "bad")
    runs.start("starved", "held")
    runs.start("people", "held")
    runs.start("asleep", "held")
    runs.start("on_the_past", "first", {"fail": True}, logical_date=DAY.format(1))
    runs.ended("on_the_past", "first", "failed")
    runs.start("on_the_past", "second", logical_date=DAY.format(2))
    runs.start("one_at_a_time", "first")
    until(lambda: runs.state("one_at_a_time", "first") == "running", "a run of one_at_a_time")
    runs.start("one_at_a_time", "second")
    for dag_id, run_id in (("demo_fails", "bad"), ("many", "bad"), ("elsewhere", "bad")):
        runs.ended(dag_id, run_id, "failed")
    for dag_id, run_id in (("many", "good"), ("again", "thrice")):
        runs.ended(dag_id, run_id, "success")
    until(lambda: runs.task("starved", "held", "hungry") == "scheduled", "a task that starves")
    until(lambda: runs.task("people", "held", "approve") == "awaiting_input", "a question")
    yield runs
    for dag_id, run_id in (
        ("one_at_a_time", "second"), ("one_at_a_time", "first"), ("starved", "held"), ("people", "held"),
        ("on_the_past", "second"), ("asleep", "held"),
    ):  # fmt: skip
        runs.fail(dag_id, run_id)
