"""`tasks state-store ...`: what a task keeps from one try to the next."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, arg, command, flag, opt
from airflowctl.core.converters import json_value, slashed_identifier, timestamp
from airflowctl.core.effect import CHANGE, DELETE, effect
from airflowctl.core.errors import NotFound
from airflowctl.core.kinds import names
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_list
from airflowctl.domain.params import DRY_RUN, by_reference
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, where

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


KEPT = names(
    "task state key",
    op="list_task_state_store",
    items="task_state_store",
    key="key",
    scope={"dag_id": "dag", "task_id": "task", "dag_run_id": "run"},
    fresh=5.0,
)
COLUMNS = ("key", "value", "updated_at", "expires_at")
KEY = arg("key", "The key.", complete="task state key", convert=slashed_identifier, aliases=("--key",))


@command(
    "tasks state-store list",
    "List the values that a task has stored.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    op="list_task_state_store",
    uses=("get_dag_runs",),
    examples=("airflowctl tasks state-store list etl load latest",),
)
def list_entries(session: Session, dag_id: str, task_id: str, run_id: str, map_index: int) -> Rows:
    path, query = where(session, dag_id, run_id, task_id), {"map_index": map_index}
    items = session.api.pages("list_task_state_store", "task_state_store", query=query, **path)
    return Rows(items, COLUMNS, "key", empty="it keeps nothing")


@command(
    "tasks state-store get",
    "Print a value that a task has stored; with -o the whole record.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    KEY,
    MAP_INDEX,
    op="get_task_state_store",
    uses=("get_dag_runs",),
    examples=("airflowctl tasks state-store get etl load latest offset",),
)
def get(session: Session, dag_id: str, task_id: str, run_id: str, key: str, map_index: int) -> Text:
    from airflowctl.domain.crud import render_value

    path = where(session, dag_id, run_id, task_id)
    return render_value(_read_entry(session, path, key, map_index))


class SetValues(NamedTuple):
    """The values of `tasks state-store set`."""

    dag_id: str
    task_id: str
    run_id: str
    key: str
    value: Any
    expires_at: str | None
    map_index: int


@command(
    "tasks state-store set",
    "Store a value for a task, or change it.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    KEY,
    *by_reference(arg("value", "The value, JSON.", convert=json_value, secret="key")),
    opt(
        "--expires-at",
        help="When the value expires; if not given, as before or as the server is configured.",
        convert=timestamp,
        metavar="DATE",
    ),
    MAP_INDEX,
    effect=effect(CHANGE, "value", "key", "task_id", "run_id", "dag_id", becomes="replaced", repeatable=True),
    op="set_task_state_store",
    uses=(
        "patch_task_state_store",
        "get_dag_runs",
    ),
    invalidates=("task state key",),
    examples=("airflowctl tasks state-store set etl load latest offset 12",),
)
def set_entry(session: Session, values: SetValues) -> Text:
    path = where(session, values.dag_id, values.run_id, values.task_id)
    key, body = values.key, {"value": values.value}
    facts: dict[str, Any] = {"query": {"map_index": values.map_index}, "key": key, **path}
    shown = {"key": key, **body}
    # A PATCH changes the value alone; a PUT without a time sets the server's default for when it is
    # forgotten.
    if values.expires_at is None:
        try:
            session.api.call("patch_task_state_store", body=body, **facts)
            return Text(f"changed {key}", shown)
        except NotFound:
            session.api.call("set_task_state_store", body=body, **facts)
            return Text(f"created {key}", shown)
    body["expires_at"] = values.expires_at
    session.api.call("set_task_state_store", body=body, **facts)
    return Text(f"set {key}", {**shown, "expires_at": values.expires_at})


@command(
    "tasks state-store delete",
    "Delete one stored value of a task.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    KEY,
    MAP_INDEX,
    DRY_RUN,
    effect=effect(DELETE, "value", "key", "task_id", "run_id", "dag_id", repeatable=True),
    op="delete_task_state_store",
    uses=(
        "get_task_state_store",
        "get_dag_runs",
    ),
    invalidates=("task state key",),
    examples=("airflowctl tasks state-store delete etl load latest offset",),
)
def delete(
    session: Session, dag_id: str, task_id: str, run_id: str, key: str, map_index: int, dry_run: bool
) -> Text:
    from airflowctl.domain.crud import render_deletion

    path, query = where(session, dag_id, run_id, task_id), {"map_index": map_index}
    _read_entry(session, path, key, map_index)
    if dry_run:
        return render_deletion(key, dry_run)
    session.api.call("delete_task_state_store", query=query, key=key, **path)
    return render_deletion(key)


class ClearValues(NamedTuple):
    """The values of `tasks state-store clear`."""

    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    all_map_indices: bool
    dry_run: bool


@command(
    "tasks state-store clear",
    "Delete all stored values of a task.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    flag("--all-map-indices", help="For all instances of a mapped task."),
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "value", repeatable=True),
    op="clear_task_state_store",
    uses=(
        "list_task_state_store",
        "get_dag_runs",
    ),
    invalidates=("task state key",),
    examples=("airflowctl tasks state-store clear etl load latest",),
)
def clear(session: Session, values: ClearValues) -> Rows | Text:
    path = where(session, values.dag_id, values.run_id, values.task_id)
    query = {"map_index": values.map_index}
    records = list(session.api.pages("list_task_state_store", "task_state_store", query=query, **path))
    if values.dry_run:
        return Rows(records, COLUMNS, "key", empty="it keeps nothing")
    # The API lists one instance at a time: what all of them keep cannot be counted.
    subject = "all that it keeps" if values.all_map_indices else f"{len(records)} of its keys"
    keys = format_list(str(item["key"]) for item in records)
    session.console.confirm(
        f"{values.task_id} would forget {subject}. Named: {keys}", "tasks state-store clear"
    )
    wide = {"all_map_indices": True} if values.all_map_indices else query
    session.api.call("clear_task_state_store", query=wide, **path)
    return Text(f"cleared what {values.task_id} keeps", {"cleared": values.task_id})


def _read_entry(session: Session, path: dict[str, Any], key: str, map_index: int) -> dict[str, Any]:
    op = "get_task_state_store"
    record: dict[str, Any] = session.api.call(op, query={"map_index": map_index}, key=key, **path)
    # `null` is a value that a task may keep, so `api.record`, which wants one, cannot be used.
    if "value" not in record:
        raise session.api.unexpected_response(op, "without value")
    return record
