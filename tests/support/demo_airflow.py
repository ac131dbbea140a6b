"""The Airflow of scripts/demo, in a home of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_airflow import LocalAirflow, places
from local_airflow.demo.command import DemoAirflow
from local_airflow.demo.seeds import add_seeds
from local_airflow.install import airflow_venv

from tests.support.airflows import logged_in, skip_failed_install
from tests.support.program import Program


@pytest.fixture(scope="session")
def demo_airflow() -> Iterator[LocalAirflow]:
    """It answers, and has its history."""
    with skip_failed_install("Airflow"):
        airflow_venv()
    folder = places.LOCAL / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="demo-", ignore_cleanup_errors=True) as home:
        airflow = DemoAirflow(Path(home))
        airflow.start()
        try:
            yield airflow
        finally:
            airflow.stop()


@pytest.fixture(scope="session")
def demo(demo_airflow: LocalAirflow) -> Program:
    """The program, logged in to it as scripts/demo does."""
    program = logged_in(demo_airflow)
    add_seeds(demo_airflow.url, program.environ["AIRFLOW_CLI_TOKEN"])
    return program
