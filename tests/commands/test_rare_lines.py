"""Lines of commands that other tests build from parts: what each of them sends."""

from __future__ import annotations

from typing import Any

import pytest

from airflowctl.api.operations import table
from tests.support.program import Program
from tests.support.shell_driver import Desk
from tests.support.stub import Reply, Request, Stub, lets_in, reply

ITEM = {"key": "offset", "value": 12, "asset_id": 7, "dag_id": "d", "name": "team", "created_at": None}
PLACE = {"dag_id": "d", "task_id": "t", "dag_run_id": "r"}
LINES: dict[str, tuple[str, dict[str, str], Any]] = {
    "tasks state-store list d t r": ("list_task_state_store", PLACE, None),
    "tasks state-store get d t r offset": ("get_task_state_store", {**PLACE, "key": "offset"}, None),
    "tasks state-store set d t r offset 12": (
        "patch_task_state_store",
        {**PLACE, "key": "offset"},
        {"value": 12},
    ),
    "tasks state-store delete d t r offset": ("delete_task_state_store", {**PLACE, "key": "offset"}, None),
    "tasks state-store clear d t r --yes": ("clear_task_state_store", PLACE, None),
    "assets delete-dag-queued-events d --yes": ("delete_dag_asset_queued_events", {"dag_id": "d"}, None),
    "dags tags": ("get_dag_tags", {}, None),
    "workers maintenance comment rack7 fans": (
        "edge_update_worker_maintenance",
        {"worker_name": "rack7"},
        {"maintenance_comment": "fans"},
    ),
}


def answer(request: Request) -> Reply:
    if request.path.endswith(("/version", "/health", "/token/cli")):
        return lets_in(request)
    if request.method == "DELETE":
        return reply("", 204)
    listed = {name: [ITEM] for name in ("task_state_store", "queued_events", "tags")}
    return reply({**ITEM, **listed, "total_entries": 1})


@pytest.mark.parametrize(("line", "wire"), LINES.items())
def test_a_line_sends_its_operation(
    program: Program, line: str, wire: tuple[str, dict[str, str], Any]
) -> None:
    op, path, body = wire
    with Stub(answer) as stub:
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
        done = own(*line.split())
        assert done.code == 0, done
        sent = [request for request in stub.requests if request.method == table()[op].method][-1]
    assert sent.path == table()[op].path.format(**path)
    assert (sent.json if body is not None else None) == body


def test_use_leaves_the_last_name_first(online: Program) -> None:
    desk = Desk(online)
    for line in ("use dag d", "use run r"):
        assert desk.run(line) == 0
    assert dict(desk.session.lookup.context) == {"dag": "d", "run": "r"}
    assert desk.run("use ..") == 0
    assert dict(desk.session.lookup.context) == {"dag": "d"}
    assert desk.run("use ..") == 0
    assert dict(desk.session.lookup.context) == {}
    assert desk.run("use ..") == 2
