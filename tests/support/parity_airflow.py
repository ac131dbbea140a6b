"""A real Airflow with one of everything on it, and the classic command in its home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from local_airflow import LocalAirflow, places

from tests.support.airflows import Kind, logged_in, made
from tests.support.classic_command import Classic
from tests.support.program import Program

KIND = Kind(
    ("api-server", "scheduler"),
    settings={
        "core.test_connection": "Enabled",
        "api.expose_config": "True",
        "scheduler.scheduler_health_check_threshold": 600,
    },
    dags=(places.DAGS, Path(__file__).parent / "samples" / "dags.py"),
)


class Both(NamedTuple):
    """Our program and the classic one on the same server."""

    ctl: Program
    classic: Classic
    airflow: LocalAirflow


@pytest.fixture(scope="session")
def parity_airflow() -> Iterator[LocalAirflow]:
    with made(KIND) as airflow:
        yield airflow


@pytest.fixture(scope="session")
def both(parity_airflow: LocalAirflow) -> Iterator[Both]:
    """Both on it, with the Dags of the demo and of `samples/dags.py`: `varied` has run as `one`, `doomed` as
    `queued`."""
    with Classic(parity_airflow) as classic:
        parity_airflow.start()
        yield furnished(parity_airflow, classic)


def furnished(airflow: LocalAirflow, classic: Classic) -> Both:
    """Log in, and put on the server what is to be read."""
    ctl = logged_in(airflow)
    assert classic("dags", "reserialize").code == 0
    for line in (
        "variables set plain text --description what",
        "variables set document [1]",
        "connections add full --conn-type http --conn-host h --conn-port 80 --conn-login me --conn-schema s",
        "pools set small 3 some",
    ):
        done = ctl(*line.split())
        assert done.code == 0, done
    assert ctl("dags", "trigger", "varied", "-r", "one", "-c", '{"who": "you"}').code == 0
    let_run(ctl)
    assert ctl("dags", "trigger", "doomed", "-r", "queued", "-l", "2026-03-01").code == 0
    return Both(ctl, classic, airflow)


def let_run(ctl: Program) -> None:
    """Until it has ended as it should: on a machine with much to do a task may not even start."""
    line = ("tasks", "states-for-dag-run", "varied", "one", "-o", "json")
    for _ in range(3):
        assert ctl("dagrun", "wait", "varied", "one", "--timeout", "300").code == 5
        states = {row["task_id"]: row["state"] for row in ctl(*line).json}
        if states["checks.wrong"] == "failed" and states["checks.fine"] == "success":
            return
        assert ctl("dagrun", "clear", "varied", "one", "-y").code == 0
    raise AssertionError(states)
