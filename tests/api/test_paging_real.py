"""Dags of more tasks than a page has rows, on a real Airflow: each task is listed, drawn and completed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import Kind, logged_in, started
from tests.support.program import Program
from tests.support.shell_driver import Desk
from tests.support.waiting import until

DAGS = """
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

for count in (100, 101, 250):
    with DAG(f"long_{count}", schedule=None):
        for number in range(count):
            EmptyOperator(task_id=f"t{number:03}")
"""

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def long_airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAirflow]:
    folder: Path = tmp_path_factory.mktemp("long")
    (folder / "long.py").write_text(DAGS)
    with started(Kind(("api-server", "dag-processor"), dags=(folder,))) as server:
        yield server


@pytest.fixture(scope="module")
def long(long_airflow: LocalAirflow) -> Program:
    program = logged_in(long_airflow)
    known = {f"long_{count}" for count in (100, 101, 250)}
    until(lambda: known <= set(program("dags", "list", "-o", "name").lines), "every Dag known")
    for count in (100, 101, 250):
        done = program("dags", "trigger", f"long_{count}", "-r", "seed")
        assert done.code == 0, done.err
    return program


def task_ids(count: int) -> list[str]:
    return [f"t{number:03}" for number in range(count)]


@pytest.mark.parametrize("count", [100, 101, 250])
def test_all_tasks_are_listed(long: Program, count: int) -> None:
    done = long("tasks", "list", f"long_{count}", "-o", "name")
    assert (done.lines, done.code, done.err) == (task_ids(count), 0, "")
    rows = long("tasks", "list", f"long_{count}", "-o", "json").json
    assert [row["task_id"] for row in rows] == task_ids(count)


@pytest.mark.parametrize("count", [100, 101, 250])
@pytest.mark.parametrize("line", ["dags show", "dags grid"])
def test_all_tasks_are_drawn_in_a_pipe(long: Program, line: str, count: int) -> None:
    done = long(*line.split(), f"long_{count}")
    assert (done.code, done.err) == (0, "")
    assert [task for task in task_ids(count) if task not in done.out] == []


@pytest.mark.parametrize("count", [101, 250])
def test_details_and_states_are_there(long: Program, count: int) -> None:
    assert long("dags", "details", f"long_{count}").code == 0
    assert long("dagrun", "gantt", f"long_{count}", "seed").code == 0
    states = long("tasks", "instances", f"long_{count}", "seed", "-o", "jsonl")
    assert (len(states.lines), states.code) == (count, 0)


@pytest.mark.parametrize("count", [101, 250])
def test_task_ids_after_the_first_hundred_complete(long: Program, count: int) -> None:
    last = f"t{count - 1}"
    assert list(Desk(long).offered(f"tasks get long_{count} {last}")) == [last]
