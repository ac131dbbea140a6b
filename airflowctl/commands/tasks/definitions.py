"""The tasks of a Dag, as its file has them."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.command import command, flag
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import BUNDLE, MAP_INDEX, TASK_ID, instance, where

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


@command(
    "tasks list",
    "List the tasks of a Dag.",
    DAG_ID,
    flag("-t", "--tree", help="Draw them as a tree, each under those that it follows."),
    BUNDLE,
    op="get_tasks",
    examples=("airflowctl tasks list etl",),
)
def list_tasks(session: Session, dag_id: str, tree: bool, bundle_name: tuple[str, ...]) -> Rows | Text:
    tasks = session.api.pages("get_tasks", "tasks", query={"order_by": "task_id"}, dag_id=dag_id)
    if tree:
        found = {task["task_id"]: task for task in tasks}
        return Text("\n".join(_drawn(found)), list(found.values()))
    columns = ("task_id", "operator_name", "trigger_rule", "retries", "pool", "downstream_task_ids")
    return Rows(tasks, columns, "task_id")


def _drawn(tasks: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A line a task; what was drawn before is named again, but not what follows it."""
    follow = {name: task.get("downstream_task_ids") or [] for name, task in tasks.items()}
    later = {name for names in follow.values() for name in names}
    drawn: set[str] = set()
    waiting = [(name, 0) for name in reversed(follow) if name not in later]
    while waiting:
        name, depth = waiting.pop()
        again = " (see above)" if name in drawn and follow.get(name) else ""
        yield f"{'    ' * depth}{name}{again}"
        if name not in drawn:
            waiting += [(next_one, depth + 1) for next_one in reversed(follow.get(name, []))]
        drawn.add(name)


@command(
    "tasks get",
    "Show a task of a Dag or, with a run, its instance there.",
    DAG_ID,
    TASK_ID,
    RUN_ID._replace(required=False, help="The run; not given, the task as the Dag has it."),
    MAP_INDEX,
    op="get_task",
    uses=("get_task_instance", "get_mapped_task_instance"),
    examples=("airflowctl tasks get etl load",),
)
def get(session: Session, dag_id: str, task_id: str, run_id: str | None, map_index: int) -> Record:
    if run_id is not None:
        return Record(instance(session, where(session, dag_id, run_id, task_id), map_index), "task_id")
    return Record(session.api.record("get_task", "task_id", dag_id=dag_id, task_id=task_id), "task_id")
