"""A real Airflow with Dags of its own, so that they can be deleted; and the classic command on its home."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import Kind, made
from tests.support.paths import SAMPLES

DAGS = SAMPLES / "assets.py"


@pytest.fixture(scope="session")
def other_airflow() -> Iterator[LocalAirflow]:
    """An API server without a scheduler: nothing runs, what is queued stays so."""
    with made(Kind(dags=(DAGS,))) as server:
        assert run_classic(server, "dags", "reserialize").returncode == 0
        with closing(sqlite3.connect(server.home / "airflow.db")) as database, database:
            database.execute(  # as the Dag processor does
                "insert into import_error (timestamp, filename, bundle_name, stacktrace)"
                " values ('2026-11-01 00:00:00.000000', 'broken.py', 'dags-folder', 'no module nothing')"
            )
        server.start()
        yield server


def run_classic(server: LocalAirflow, *argv: str) -> subprocess.CompletedProcess[str]:
    """The classic command line on the same home."""
    return subprocess.run(
        ["airflow", *argv], env=server.environment, capture_output=True, text=True, check=False
    )
