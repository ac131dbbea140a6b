"""`dags show`, on servers that are made up."""

from __future__ import annotations

import pytest

from tests.support.program import Program
from tests.support.stub import Stub, reply


@pytest.mark.parametrize("options", [(), ("--groups",), ("-o", "json")], ids=" ".join)
def test_a_dag_without_tasks_is_named(online: Program, stub: Stub, options: tuple[str, ...]) -> None:
    stub.answer = lambda request: reply({"tasks": [], "total_entries": 0})
    done = online("dags", "show", "etl", *options)
    assert (done.err, done.code) == ("etl has no tasks\n", 0)
