"""`tasks list`: the tasks of a Dag, as its file has them."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.command import command, flag
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID
from airflowctl.domain.tasks.lookup import BUNDLE

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


@command(
    "tasks list",
    "List the tasks of a Dag.",
    DAG_ID,
    flag("-t", "--tree", help="Draw the tasks as a tree, each under its upstream tasks."),
    BUNDLE,
    op="get_tasks",
    classic="classic_tasks:show_tasks",
    examples=("airflowctl tasks list etl",),
)
def list_tasks(session: Session, dag_id: str, tree: bool, bundle_name: tuple[str, ...]) -> Rows | Text:
    tasks = session.api.pages("get_tasks", "tasks", query={"order_by": "task_id"}, dag_id=dag_id)
    if tree:
        record = {task["task_id"]: task for task in tasks}
        return Text("\n".join(_draw(record)), list(record.values()))
    columns = ("task_id", "operator_name", "trigger_rule", "retries", "pool", "downstream_task_ids")
    return Rows(tasks, columns, "task_id")


def _draw(tasks: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield a line a task; what was drawn before is named again, but not what follows it."""
    follow = {name: task.get("downstream_task_ids") or [] for name, task in tasks.items()}
    later = {name for names in follow.values() for name in names}
    drawn: set[str] = set()
    waiting = [(name, 0) for name in reversed(follow) if name not in later]
    while waiting:
        name, depth = waiting.pop()
        again = " (see above)" if name in drawn and follow.get(name) else ""
        yield f"{'    ' * depth}{name}{again}"
        if name not in drawn:
            waiting += [(downstream, depth + 1) for downstream in reversed(follow.get(name, []))]
        drawn.add(name)
