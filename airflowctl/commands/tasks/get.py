"""`tasks get`: a task of a Dag, or its instance in a run."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, instance, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks get",
    "Show a task of a Dag or, with a run, its instance in the run.",
    DAG_ID,
    TASK_ID,
    RUN_ID._replace(required=False, help="The run; if not given, the task as the Dag defines it."),
    MAP_INDEX,
    op="get_task",
    uses=("get_task_instance", "get_mapped_task_instance"),
    examples=("airflowctl tasks get etl load",),
)
def get(session: Session, dag_id: str, task_id: str, run_id: str | None, map_index: int) -> Record:
    if run_id is not None:
        return Record(instance(session, where(session, dag_id, run_id, task_id), map_index), "task_id")
    return Record(session.api.record("get_task", "task_id", dag_id=dag_id, task_id=task_id), "task_id")
