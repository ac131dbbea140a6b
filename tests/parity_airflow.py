"""A real Airflow with one of everything on it, and the classic command in its home."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from local_airflow import LocalAirflow, places

from tests.classic import Classic
from tests.program import Program

DAGS = Path(__file__).parent / "samples" / "dags.py"
SETTINGS = {
    "core.test_connection": "Enabled",
    "api.expose_config": "True",
    "database.sql_alchemy_connect_args": "airflow_local_settings.patient",
    "scheduler.scheduler_health_check_threshold": 600,
}
# Scheduler, server, tasks and the classic command write to one SQLite file: none gives up after 5 seconds.
PATIENT = "patient = {'timeout': 15}\n"


class Both(NamedTuple):
    """Our program and the classic one on the same server."""

    ctl: Program
    classic: Classic
    airflow: LocalAirflow


@pytest.fixture(scope="session")
def both(parity_airflow: Both) -> Both:
    """Our program and the classic one on the same server."""
    return parity_airflow


@pytest.fixture(scope="session")
def parity_airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The Dags of the demo and of `samples/dags.py`: `varied` has run as `one`, `doomed` as `queued`."""
    home, dags = tmp_path_factory.mktemp("parity"), tmp_path_factory.mktemp("dags")
    for file in (DAGS, *places.DAGS.glob("*.py")):
        shutil.copy(file, dags)
    (home / "config").mkdir()
    (home / "config" / "airflow_local_settings.py").write_text(PATIENT)
    airflow = LocalAirflow(home, settings={**SETTINGS, "core.dags_folder": str(dags)})
    airflow.prepare()
    with Classic(airflow) as classic:
        airflow.start()
        try:
            yield furnished(airflow, classic)
        finally:
            airflow.stop()


def furnished(airflow: LocalAirflow, classic: Classic) -> Both:
    """Log in, and put on the server what is to be read."""
    ctl = logged_in(airflow, airflow.home / "ctl", "admin")
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


def logged_in(airflow: LocalAirflow, home: Path, user: str) -> Program:
    """The program with this user's token in its environment."""
    place = {"AIRFLOWCTL_HOME": str(home), "HOME": str(home), "AIRFLOWCTL_URL": airflow.url}
    line = ("auth", "token", "-u", user, "--password-stdin")
    done = Program(place)(*line, stdin=airflow.password(user) + "\n")
    assert done.code == 0, done.err
    return Program({**place, "AIRFLOW_CLI_TOKEN": done.out.strip()})
