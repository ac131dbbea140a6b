"""`tasks failed-deps`: what a task that has not started waits for."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import BUNDLE, DEPENDENCIES, MAP_INDEX, TASK_ID, instance, of_index, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks failed-deps",
    "Show what a task that has not started waits for.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    BUNDLE,
    op="get_task_instance_dependencies",
    uses=("get_task_instance_dependencies_by_map_index", "get_task_instance", "get_dag_runs"),
    about="The server knows this only for tasks that have no state or are scheduled.",
    aliases=("tasks dependencies",),
    classic="classic_tasks:show_failed_deps",
    examples=("airflowctl tasks failed-deps etl load latest",),
)
def failed_deps(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, bundle_name: tuple[str, ...]
) -> Rows:
    path = where(session, dag_id, run_id, task_id)
    result = of_index(session, DEPENDENCIES, path, map_index)["dependencies"]
    empty = "all dependencies are met"
    if not result:
        now = instance(session, path, map_index)["state"]
        if now not in (None, "scheduled"):
            empty = f"the task is {now}: the server tells dependencies only before a task is queued"
    return Rows(result, ("name", "reason"), "name", empty=empty)
