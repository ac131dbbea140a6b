"""XComs: data that tasks pass to each other."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import json_value, slashed_identifier
from airflowctl.core.effect import CHANGE, CREATES, DELETE, effect
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.crud import render_deletion
from airflowctl.domain.params import DRY_RUN, LIMIT, by_reference, pattern
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, where

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

XCOM = names(
    "xcom",
    op="get_xcom_entries",
    items="xcom_entries",
    key="key",
    scope={"dag_id": "dag", "dag_run_id": "run", "task_id": "task"},
    # A run that is not over adds XComs by the second.
    fresh=5.0,
)
KEY = arg("key", "The key.", complete="xcom", convert=slashed_identifier, aliases=("--key", "--xcom-key"))
VALUE = arg("value", "The value, JSON.", convert=json_value, secret="key", aliases=("--value",))
SHOWN = ("key", "value", "map_index", "dag_id", "run_id", "task_id")


@command(
    "xcom list",
    "List the XComs of a task in a run, without their values.",
    DAG_ID,
    RUN_ID,
    TASK_ID,
    pattern("keys"),
    # -1 would leave out the XComs of mapped instances, which the list is to show.
    MAP_INDEX._replace(default=None, help="Only of this instance of a mapped task."),
    LIMIT,
    op="get_xcom_entries",
    uses=("get_dag_runs",),
    examples=("airflowctl xcom list etl latest load",),
)
def list_xcoms(
    session: Session,
    dag_id: str,
    run_id: str,
    task_id: str,
    pattern: str | None,
    map_index: int | None,
    limit: int | None,
) -> Rows:
    query = {"map_index": map_index, "xcom_key_pattern": pattern}
    path = where(session, dag_id, run_id, task_id)
    items = session.api.pages("get_xcom_entries", "xcom_entries", limit=limit, query=query, **path)
    return Rows(items, ("key", "map_index", "timestamp"), "key", optional={"map_index": -1})


@command(
    "xcom get",
    "Print the value of an XCom as JSON; with -o the whole record.",
    DAG_ID,
    RUN_ID,
    TASK_ID,
    KEY,
    MAP_INDEX,
    op="get_xcom_entry",
    uses=("get_dag_runs",),
    examples=("airflowctl xcom get etl latest load return_value",),
)
def get(session: Session, dag_id: str, run_id: str, task_id: str, key: str, map_index: int) -> Text:
    from json import dumps

    record = _entry(session, where(session, dag_id, run_id, task_id), key, map_index)
    # JSON in every case: a text and a number that look alike would not be told apart.
    return Text(dumps(record["value"], ensure_ascii=False), record)


@command(
    "xcom add",
    "Create an XCom.",
    DAG_ID,
    RUN_ID,
    TASK_ID,
    KEY,
    *by_reference(VALUE),
    MAP_INDEX,
    effect=CREATES,
    op="create_xcom_entry",
    uses=("get_dag_runs",),
    invalidates=("xcom",),
    aliases=("xcom set", "xcom create"),
    examples=("airflowctl xcom add etl latest load total '{\"eur\": 12}'",),
)
def add(
    session: Session, dag_id: str, run_id: str, task_id: str, key: str, value: Any, map_index: int
) -> Record:
    path = where(session, dag_id, run_id, task_id)
    body = {"key": key, "value": value, "map_index": map_index}
    return Record(session.api.record("create_xcom_entry", "key", body=body, **path), "key", SHOWN)


@command(
    "xcom edit",
    "Change the value of an XCom.",
    DAG_ID,
    RUN_ID,
    TASK_ID,
    KEY,
    *by_reference(VALUE),
    MAP_INDEX,
    effect=effect(CHANGE, "XCom", "key", "task_id", "run_id", "dag_id", repeatable=True),
    op="update_xcom_entry",
    uses=("get_dag_runs",),
    invalidates=("xcom",),
    aliases=("xcom update",),
    examples=("airflowctl xcom edit etl latest load total '{\"eur\": 12}'",),
)
def edit(
    session: Session, dag_id: str, run_id: str, task_id: str, key: str, value: Any, map_index: int
) -> Record:
    path = where(session, dag_id, run_id, task_id)
    body = {"value": value, "map_index": map_index}
    entry = session.api.record("update_xcom_entry", "key", body=body, xcom_key=key, **path)
    return Record(entry, "key", SHOWN)


@command(
    "xcom delete",
    "Delete an XCom.",
    DAG_ID,
    RUN_ID,
    TASK_ID,
    KEY,
    MAP_INDEX,
    DRY_RUN,
    effect=effect(DELETE, "XCom", "key", "task_id", "run_id", "dag_id", repeatable=True),
    op="delete_xcom_entry",
    uses=(
        "get_xcom_entry",
        "get_dag_runs",
    ),
    invalidates=("xcom",),
    examples=("airflowctl xcom delete etl latest load total",),
)
def delete(
    session: Session, dag_id: str, run_id: str, task_id: str, key: str, map_index: int, dry_run: bool
) -> Record | Text:
    path = where(session, dag_id, run_id, task_id)
    if dry_run:
        return Record(_entry(session, path, key, map_index), "key", SHOWN)
    session.api.call("delete_xcom_entry", query={"map_index": map_index}, xcom_key=key, **path)
    return render_deletion(key)


def _entry(session: Session, path: dict[str, Any], key: str, map_index: int) -> dict[str, Any]:
    """Return the entry with its value as it is: not its text, which some servers send by default."""
    query = {"map_index": map_index, "stringify": False}
    return session.api.record("get_xcom_entry", "value", query=query, xcom_key=key, **path)
