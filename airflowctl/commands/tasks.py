"""Tasks of a Dag and their states in a run."""

from __future__ import annotations

from airflowctl.commands.dagrun import DAG_ID, RUN_ID, the_run
from airflowctl.core.command import command, names, opt
from airflowctl.core.result import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import identifier

if TYPE_CHECKING:
    from airflowctl.session import Session

TASK = names(
    "task", op="get_tasks", items="tasks", key="task_id", scope={"dag_id": "dag"}, note=("operator_name",)
)


@command(
    "tasks list",
    "List the tasks of a Dag.",
    DAG_ID,
    op="get_tasks",
)
def list_tasks(session: Session, dag_id: str) -> Rows:
    tasks = session.api.pages("get_tasks", "tasks", query={"order_by": "task_id"}, dag_id=dag_id)
    columns = ("task_id", "operator_name", "trigger_rule", "retries", "pool", "downstream_task_ids")
    return Rows(tasks, columns, "task_id")


@command(
    "tasks states-for-dag-run",
    "Show the state of every task in a run.",
    DAG_ID,
    RUN_ID,
    opt("--task-id", help="Only this task.", complete="task", convert=identifier, metavar="ID"),
    op="get_task_instances",
)
def states(session: Session, dag_id: str, run_id: str, task_id: str | None) -> Rows:
    run_id = the_run(session, dag_id, run_id)
    items = session.api.pages(
        "get_task_instances",
        "task_instances",
        query={"order_by": "start_date", "task_id": task_id},
        dag_id=dag_id,
        dag_run_id=run_id,
    )
    columns = ("task_id", "map_index", "state", "try_number", "start_date", "duration")
    return Rows(items, columns, "task_id", optional={"map_index": -1})
