"""A real Airflow with everything that runs tasks, and the Dags of tests/support/dags beside the demo's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from local_airflow import LocalAirflow
from local_airflow.places import DAGS

from tests.support.airflows import Kind, logged_in, past, serves
from tests.support.program import Program
from tests.support.waiting import until

working_airflow = serves(
    Kind(
        ("api-server", "scheduler", "dag-processor", "triggerer"),
        settings={
            # Else a Dag that changes again within 30 s changes the source of the version that it had.
            "core.min_serialized_dag_update_interval": 0,
            "core.parallelism": 4,
            "dag_processor.refresh_interval": 2,
            "dag_processor.min_file_process_interval": 5,
            "scheduler.task_instance_heartbeat_sec": 2,
            "workers.execution_api_timeout": 60,  # on a busy machine tasks would fail before they start
        },
        dags=(DAGS, Path(__file__).parent / "dags"),
    )
)


@pytest.fixture(scope="session")
def working(working_airflow: LocalAirflow) -> Program:
    """The program, logged in to it as its administrator; all Dags are known."""
    program = logged_in(working_airflow)
    known = {"lines", "long_log", "talk", "nap", "again", "later", "many", "shapes", "starved", "people"}
    until(lambda: known <= set(program("dags", "list", "-o", "name").lines), "every Dag known")
    return program


@pytest.fixture(scope="session")
def working_api(working: Program) -> Iterator[httpx.Client]:
    """That server itself, past the program."""
    with past(working) as client:
        yield client
