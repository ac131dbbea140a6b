"""`tasks tries`: the tries of a task in a run."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import whole_number
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, of_index, tries_of, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks tries",
    "List the tries of a task in a run, or show one of them.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    arg("number", "Show only this try.", default=None, complete="try", convert=whole_number, metavar="TRY"),
    MAP_INDEX,
    op="get_task_instance_tries",
    uses=(
        "get_mapped_task_instance_tries",
        "get_task_instance_try_details",
        "get_mapped_task_instance_try_details",
        "get_dag_runs",
    ),
    examples=("airflowctl tasks tries etl load latest",),
)
def tries(
    session: Session, dag_id: str, task_id: str, run_id: str, number: int | None, map_index: int
) -> Rows | Record:
    path = where(session, dag_id, run_id, task_id)
    if number is not None:
        ops = ("get_task_instance_try_details", "get_mapped_task_instance_try_details")
        attempt = of_index(session, ops, {**path, "task_try_number": str(number)}, map_index)
        return Record(attempt, "try_number")
    columns = ("try_number", "state", "start_date", "end_date", "duration", "hostname")
    return Rows(tries_of(session, path, map_index), columns, "try_number")
