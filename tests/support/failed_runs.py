"""Runs that failed or are held up, made once for all tests that ask why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.program import Program
from tests.support.waiting import DEADLINE, until

DAY = "2026-10-0{}T00:00:00Z"


class Runs:
    """Starts runs past the program, and tells what became of them. A database that somebody else writes to
    may refuse, or let it wait for too long: then it is asked again."""

    def __init__(self, api: httpx.Client) -> None:
        self.api = api

    def start(self, dag_id: str, run_id: str, conf: dict[str, Any] | None = None, **more: Any) -> None:
        body = {"dag_run_id": run_id, "conf": conf or {}, "logical_date": None, **more}
        self._until(
            lambda: self.api.post(f"/dags/{dag_id}/dagRuns", json=body).status_code in (200, 409),
            f"a run {run_id} of {dag_id}",
        )

    def state(self, dag_id: str, run_id: str) -> Any:
        return self.api.get(f"/dags/{dag_id}/dagRuns/{run_id}").json().get("state")

    def task(self, dag_id: str, run_id: str, task_id: str) -> Any:
        return self.api.get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}").json().get("state")

    def known(self, dag_id: str) -> None:
        self._until(lambda: self.api.get(f"/dags/{dag_id}").is_success, f"the Dag {dag_id}")

    def reaches(self, dag_id: str, run_id: str, state: str, task_id: str = "") -> None:
        """Wait until a run, or a task in it, is in that state."""
        self._until(
            lambda: (self.task(dag_id, run_id, task_id) if task_id else self.state(dag_id, run_id)) == state,
            f"{dag_id} {run_id} {task_id} {state}",
        )

    def fail(self, dag_id: str, run_id: str) -> None:
        """Mark it, so that nothing of it goes on."""
        body = {"state": "failed"}
        self._until(
            lambda: (
                self.api.patch(f"/dags/{dag_id}/dagRuns/{run_id}", json=body).is_success
                or self.state(dag_id, run_id) is None
            ),
            f"an end of {dag_id} {run_id}",
        )

    def _until(self, found: Callable[[], bool], what: str) -> None:
        def tried() -> bool:
            try:
                return found()
            except (httpx.TimeoutException, ValueError):  # or an answer that is no JSON: an error's
                return False

        until(tried, what, within=3 * DEADLINE, pause=0.2)


@pytest.fixture(scope="session")
def troubled(working_airflow: LocalAirflow, working: Program, working_api: httpx.Client) -> Runs:
    """The runs; those that wait go on waiting until the end."""
    runs = Runs(working_api)
    for dag_id in ("one_at_a_time", "on_the_past", "asleep", "elsewhere"):
        runs.known(dag_id)
    runs.start("demo_fails", "bad")
    runs.start("many", "bad", {"fails": 2})
    runs.start("many", "good")
    runs.start("again", "thrice")
    runs.start("elsewhere", "bad")
    runs.start("compared", "good")
    runs.start("starved", "held")
    runs.start("people", "held")
    runs.start("asleep", "held")
    runs.start("on_the_past", "first", {"fail": True}, logical_date=DAY.format(1))
    runs.reaches("on_the_past", "first", "failed")
    runs.start("on_the_past", "second", logical_date=DAY.format(2))
    runs.start("one_at_a_time", "first")
    runs.reaches("one_at_a_time", "first", "running")
    runs.start("one_at_a_time", "second")
    for dag_id, run_id in (("demo_fails", "bad"), ("many", "bad"), ("elsewhere", "bad")):
        runs.reaches(dag_id, run_id, "failed")
    for dag_id, run_id in (("many", "good"), ("again", "thrice"), ("compared", "good")):
        runs.reaches(dag_id, run_id, "success")
    runs.start("compared", "bad", {"rows": 99})
    runs.reaches("compared", "bad", "failed")
    runs.reaches("starved", "held", "scheduled", "hungry")
    runs.reaches("people", "held", "awaiting_input", "approve")
    return runs
