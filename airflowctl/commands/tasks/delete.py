"""`tasks delete`: what is known of a task in a run."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, command
from airflowctl.core.effect import DELETE, effect
from airflowctl.core.results import Record, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_index
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import INSTANCE, MAP_INDEX, TASK_ID, instance, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks delete",
    "Delete the records of a task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "task", "task_id", "run_id", "dag_id", repeatable=True),
    op="delete_task_instance",
    uses=("get_task_instance", "get_mapped_task_instance", "get_dag_runs"),
    invalidates=("run", "task in a run"),
    examples=("airflowctl tasks delete etl load latest",),
)
def delete(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, dry_run: bool
) -> Record | Text:
    path = where(session, dag_id, run_id, task_id)
    record, name = instance(session, path, map_index), format_index(task_id, map_index)
    if dry_run:
        return Record(record, "task_id", INSTANCE)
    session.console.confirm(
        f"{name} of {path['dag_run_id']} ({record['state']}) would be deleted.", "tasks delete"
    )
    session.api.call("delete_task_instance", query={"map_index": map_index}, **path)
    return Text(f"deleted {name} of {path['dag_run_id']}", {"deleted": name})
