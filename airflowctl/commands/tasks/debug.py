"""`tasks debug`: looks around in a failure, after the fact."""

from __future__ import annotations

from airflowctl.core.command import command, opt
from airflowctl.core.converters import whole_number
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.errors import NotFound
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_OR_NEWEST
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, instance, where

if TYPE_CHECKING:
    from airflowctl.core.rich_results import SubPrompt
    from airflowctl.session.session import Session


@command(
    "tasks debug",
    "Inspect a failed task: traceback, source, fields, XComs, tries; and run it again.",
    DAG_ID,
    TASK_ID,
    RUN_OR_NEWEST,
    MAP_INDEX,
    opt(
        "--try", help="Inspect this try; the last if not given.", name="number",
        convert=whole_number, complete="try", metavar="N",
    ),
    effect=effect(CLEAR, "task", "task_id", in_handler=True),
    op="get_task_instance",
    uses=(
        "get_mapped_task_instance", "get_dag_details", "get_dag_run", "get_dag_runs", "get_log",
        "get_dag_source", "get_tasks", "get_task_instances", "get_task_instance_tries",
        "get_mapped_task_instance_tries", "get_xcom_entries", "get_xcom_entry", "post_clear_task_instances",
        "get_task",
    ),
    invalidates=("run",),
    about="Opens a prompt with commands of its own: help lists them, quit leaves it. From a pipe it"
    " reads a command from each line. With -o json it prints all that it knows, and exits. It only"
    " reads the server's records, and runs nothing there; docs/how-to/debugging.md describes a"
    " debugger on your own machine.",
    examples=("airflowctl tasks debug etl load",),
)  # fmt: skip
def debug(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, number: int | None
) -> SubPrompt:
    from airflowctl.core.next_line import suggest
    from airflowctl.core.rich_results import SubPrompt
    from airflowctl.domain.debugger.debugger import Debugger

    path = where(session, dag_id, run_id, task_id)
    record = instance(session, path, map_index)
    last = int(record.get("try_number") or 0)
    if not last:
        raise NotFound(
            f"{task_id} has not started in {path['dag_run_id']}: there is nothing to look at",
            suggest("diagnose", dag_id, path["dag_run_id"]),
        )
    debugger = Debugger(session, path, map_index, record)
    opening = debugger.open(last if number is None else number)
    return SubPrompt(opening, debugger.prompt, debugger.words, debugger.answer)
