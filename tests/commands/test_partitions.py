"""`partitions`, on a real Airflow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.command_results import check_refused
from tests.support.parity_airflow import Both
from tests.support.program import Program
from tests.support.shell_driver import Desk


def test_partitions_are_counted_before(ctl: Program) -> None:
    line = ("partitions", "clear", "-d", "demo_etl", "--date", "2026-01-01~2026-01-02")
    assert ctl(*line, "--dry-run", "-o", "json").json["dag_runs_cleared"] == 0
    check_refused(ctl(*line, "-s", "2026-01-01"), "--date", code=2)
    check_refused(ctl("partitions", "clear", "-d", "nosuch", "-k", "x", "--dry-run"), "nosuch")


DAY = "2026-11-01T00:00:00"


@pytest.fixture
def ctl(both: Both) -> Program:
    return both.ctl


@pytest.fixture
def parts(ctl: Program, unique: str) -> Iterator[list[str]]:
    """Two runs of one partition, the task of the first done."""
    names = [f"{unique}_a", f"{unique}_b"]
    for name in names:
        assert ctl("dags", "trigger", "parted", "-r", name, "--partition-key", DAY).code == 0
    assert ctl("tasks", "mark", "success", "parted", "part", names[0], "-y").code == 0
    yield names
    assert ctl("dagrun", "delete", "parted", *names, "-y").code == 0


def test_a_partition_is_cleared(ctl: Program, parts: list[str]) -> None:
    listed = ("dagrun", "list", "parted", "--partition-key", DAY, "-o", "name")
    assert sorted(ctl(*listed).lines) == parts
    assert DAY in Desk(ctl).offered("dags clear parted --partition-key ")
    line = ("partitions", "clear", "-d", "parted", "-k", DAY, "--clear-task-instances")
    assert "2 runs would be cleared" in ctl(*line, "--dry-run").out
    assert ctl("tasks", "state", "parted", "part", parts[0]).out == "success\n"
    done = ctl(*line, "-y")
    assert (done.code, "2 runs cleared" in done.out) == (0, True), done
    assert ctl("tasks", "state", "parted", "part", parts[0]).out == "None\n"
    assert ctl(*listed).lines == []


def test_the_runs_of_a_partition_are_cleared(ctl: Program, parts: list[str]) -> None:
    done = ctl("dags", "clear", "parted", "--partition-key", DAY, "-y")
    assert done.out.startswith("cleared 2 task instances in 2 runs"), done
    assert ctl("tasks", "state", "parted", "part", parts[0]).out == "None\n"
