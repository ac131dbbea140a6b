"""The log of a task, on a real Airflow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_airflow import LocalAirflow

from tests.program import Program


@pytest.fixture(scope="module")
def failed_run(admin: Program) -> Iterator[str]:
    """A run of demo_fails that is over."""
    run_id = "test_logs"
    assert admin("dags", "trigger", "demo_fails", "-r", run_id, "--wait").code == 5
    yield run_id
    admin("dagrun", "delete", "demo_fails", run_id, "--yes")


def test_the_whole_log_as_it_is_read(ctl: Program, failed_run: str, airflow: LocalAirflow) -> None:
    done = ctl("tasks", "logs", "demo_fails", "compute", failed_run)
    assert (done.err, done.code) == ("", 0)
    assert "ERROR   Task failed with exception" in done.out
    assert done.lines[-1].strip()
    assert any(".py:" in line and " in " in line for line in done.lines)  # where it came from


def test_the_events_as_the_server_has_them(ctl: Program, failed_run: str) -> None:
    events = ctl("tasks", "logs", "demo_fails", "compute", failed_run, "--try", "1", "-o", "json").json
    failure = next(event for event in events if event.get("error_detail"))
    assert failure["error_detail"][0]["exc_type"]


def test_the_newest_run_is_meant_by_latest(ctl: Program, failed_run: str) -> None:
    newest = ctl("dagrun", "get", "demo_fails", "latest", "-o", "name").out
    assert newest == f"{failed_run}\n"
    assert ctl("tasks", "logs", "demo_fails", "compute", "latest").code == 0


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        ("compute nosuch", "nosuch", "see: airflowctl"),
        ("nosuch test_logs", "nosuch", "airflowctl tasks list demo_fails"),
        ("report test_logs", "has not started", ""),
    ],
)
def test_what_is_not_there(words: str, told: str, hint: str, ctl: Program, failed_run: str) -> None:
    done = ctl("tasks", "logs", "demo_fails", *words.split())
    assert (done.out, done.code) == ("", 1)
    assert told in done.err
    assert hint in done.err
