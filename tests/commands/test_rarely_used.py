"""What few people do, seen working on a real Airflow: groups, partitions, tests on a worker, assets made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.parity_airflow import Both
from tests.support.program import Program
from tests.support.shell_driver import Desk

DAY = "2026-11-01T00:00:00"


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


def test_a_connection_is_tested_on_a_worker(ctl: Program, unique: str) -> None:
    """A worker does not look at what is stored: it is given the fields, and a password if there is one."""
    assert ctl("connections", "add", unique, "--conn-type", "fs", "--conn-extra", '{"path": "/"}').code == 0
    line = ("connections", "test", unique, "--on-worker")
    done = ctl(*line)
    assert (done.out, done.code) == (f"{unique} works: Path / is existing.\n", 0)
    assert ctl("connections", "update", unique, "--conn-password", "hunter22").code == 0
    done = ctl(*line)
    assert (done.out, done.code) == ("", 2)
    assert "give it with --password-stdin" in done.err
    done = ctl(*line, "--password-stdin", "--debug", stdin="hunter22\n")
    assert (done.out, done.code) == (f"{unique} works: Path / is existing.\n", 0)
    assert "hunter22" not in done.err
    assert ctl("connections", "delete", unique).code == 0


def test_an_asset_is_made_and_waited_for(ctl: Program) -> None:
    done = ctl("assets", "materialize", "--name", "made", "--wait", "--timeout", "120", "-o", "json")
    assert (done.code, done.json["state"], done.json["dag_id"]) == (0, "success", "maker")
    done = ctl("assets", "materialize", "--name", "made", "--timeout", "1")
    assert (done.code, done.out) == (2, "")


def test_what_is_kept_with_an_asset_completes_by_its_name(ctl: Program, unique: str) -> None:
    """The server lists it by the asset's number only, which nobody knows."""
    assert ctl("assets", "state", "set", "orders", unique, "7").code == 0
    number = ctl("assets", "get", "orders", "-o", "json").json["id"]
    for asset in ("orders", number):
        assert unique in Desk(ctl).offered(f"assets state get {asset} ")
    assert ctl("assets", "state", "delete", "orders", unique, "-y").code == 0
