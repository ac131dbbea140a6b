"""`tasks mark-group`, on a real Airflow."""

from __future__ import annotations

import pytest

from tests.support.parity_airflow import Both
from tests.support.program import Program


@pytest.fixture
def ctl(both: Both) -> Program:
    return both.ctl


def test_the_tasks_of_a_group_are_marked(ctl: Program, unique: str) -> None:
    assert ctl("dags", "trigger", "doomed", "-r", unique).code == 0
    line = ("tasks", "mark-group", "success", "doomed", "pair", unique)
    planned = ctl(*line, "--dry-run", "-o", "json").json
    assert [(row["task_id"], row["state"]) for row in planned] == [("pair.a", None), ("pair.b", None)]
    done = ctl(*line, "--yes", "-o", "json")
    assert [(row["task_id"], row["state"]) for row in done.json] == [
        ("pair.a", "success"),
        ("pair.b", "success"),
    ]
    found = ctl("tasks", "states-for-dag-run", "doomed", unique, "-o", "json").json
    states = {row["task_id"]: row["state"] for row in found}
    assert states == {"nothing": None, "pair.a": "success", "pair.b": "success"}
    assert ctl("dagrun", "delete", "doomed", unique, "-y").code == 0
