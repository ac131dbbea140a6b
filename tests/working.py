"""A real Airflow with everything that runs tasks, and the Dags of tests/dags beside the demo's."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from local_airflow import LocalAirflow
from local_airflow.places import DAGS

from tests.program import Program
from tests.waiting import until

OURS = Path(__file__).parent / "dags"
COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")


@pytest.fixture(scope="session")
def working_airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAirflow]:
    """An Airflow 3.3 with scheduler, dag-processor and triggerer; its Dags are in `home/dags`."""
    home = tmp_path_factory.mktemp("working")
    for folder in (DAGS, OURS):
        shutil.copytree(
            folder, home / "dags", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    settings = {
        "core.dags_folder": home / "dags",
        # Else a Dag that changes again within 30 s changes the source of the version that it had.
        "core.min_serialized_dag_update_interval": 0,
        "core.parallelism": 4,
        "dag_processor.refresh_interval": 2,
        "dag_processor.min_file_process_interval": 5,
        "scheduler.task_instance_heartbeat_sec": 2,
        "workers.execution_api_timeout": 60,  # on a busy machine tasks would fail before they start
    }
    server = LocalAirflow(home, components=COMPONENTS, settings=settings)
    server.start(lambda text: print(text, file=sys.__stderr__))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def working(working_airflow: LocalAirflow, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program, logged in to it as its administrator; all Dags are known."""
    home = str(tmp_path_factory.mktemp("working-home"))
    program = Program({"AIRFLOWCTL_HOME": home, "HOME": home, "AIRFLOWCTL_URL": working_airflow.url})
    done = program(
        "auth", "token", "--username", "admin", "--password-stdin",
        stdin=working_airflow.password("admin") + "\n",
    )  # fmt: skip
    assert done.code == 0, done.err
    found = program.with_environ(AIRFLOW_CLI_TOKEN=done.out.strip())
    known = {"lines", "long_log", "talk", "nap", "again", "later", "many", "shapes", "starved", "people"}
    until(lambda: known <= set(found("dags", "list", "-o", "name").lines), "every Dag known")
    return found


@pytest.fixture(scope="session")
def working_api(working_airflow: LocalAirflow, working: Program) -> Iterator[httpx.Client]:
    """That server itself, past the program."""
    with httpx.Client(
        base_url=f"{working_airflow.url}/api/v2",
        headers={"Authorization": f"Bearer {working.environ['AIRFLOW_CLI_TOKEN']}"},
        timeout=30,
        trust_env=False,
    ) as client:
        yield client
