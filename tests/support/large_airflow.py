"""A real Airflow with 10,000 Dags and 100,000 runs: copies of one, made within its database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import Kind, logged_in, serves
from tests.support.program import Program

DAGS, RUNS = 10_000, 100_000
NAME, RUN = "'copy_' || printf('%05d', i)", "'run_' || printf('%06d', i)"


large_airflow = serves(Kind())  # its API server alone: a scheduler would take the runs for its own


@pytest.fixture(scope="session")
def large(large_airflow: LocalAirflow) -> Program:
    """The program, logged in to it; all copies are there. The runs are those of `demo_etl`."""
    program = logged_in(large_airflow)
    assert program("dags", "trigger", "demo_etl", "-r", "seed").code == 0
    fill(large_airflow.home / "airflow.db")
    return program


def fill(file: Path) -> None:
    with closing(sqlite3.connect(file, timeout=60)) as database, database:
        copy(database, "dag", DAGS, "dag_id = 'demo_etl'", {"dag_id": NAME, "dag_display_name": "null"})
        first, moment = "(select max(id) + 1 from dag_run) + i", "'2026-01-01 00:00:00'"
        new = {"id": first, "run_id": RUN, "state": "'success'"}
        due = f"strftime('%Y-%m-%d %H:%M:%f000', {moment}, i || ' seconds')"
        copy(database, "dag_run", RUNS, "run_id = 'seed'", {**new, "run_after": due})


def copy(database: sqlite3.Connection, table: str, count: int, seed: str, new: dict[str, str]) -> None:
    """Insert as many copies of one row; `new` tells columns by an expression of the number `i`."""
    columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
    values = ", ".join(new.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    database.execute(
        f"with recursive numbers(i) as (select 0 union all select i + 1 from numbers where i + 1 < {count})"
        f" insert into {table} ({names}) select {values} from numbers, {table} where {seed}"
    )
