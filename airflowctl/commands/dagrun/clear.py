"""`dagrun clear`: the tasks of a run run again."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, command, opt
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import (
    CLEARED,
    DAG_ID,
    FOLLOW,
    ON_LATEST_VERSION,
    ONLY_FAILED,
    ONLY_NEW,
    RUN_ID,
    SHOWN,
    WATCHING,
    the_run,
)

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session


@command(
    "dagrun clear",
    "Clear the tasks of a run, so that they run again.",
    DAG_ID,
    RUN_ID,
    ONLY_FAILED,
    opt("--note", help="A note on the run.", metavar="TEXT", since="3.3"),
    ONLY_NEW,
    ON_LATEST_VERSION,
    FOLLOW,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(CLEAR, "run", "run_id", "dag_id"),
    op="clear_dag_run",
    undo=undo.CLEAR,
    uses=(*WATCHING, "get_dag_runs"),
    invalidates=("run",),
    about="All tasks are cleared, as by the classic CLI, unless --only-failed or --only-new is given. It"
    " shows the tasks, and asks first.",
    examples=("airflowctl dagrun clear etl latest --only-failed --follow",),
)
def clear(
    session: Session,
    dag_id: str,
    run_id: str,
    only_failed: bool,
    note: str | None,
    only_new: bool,
    run_on_latest_version: bool | None,
    follow: bool,
    dry_run: bool,
) -> Rows | Record | Watch:
    from airflowctl.domain.runs.clearing import confirm

    run_id = the_run(session, dag_id, run_id)
    body: dict[str, Any] = {"only_failed": only_failed}
    if only_new:
        body["only_new"] = True
    if run_on_latest_version is not None:
        body["run_on_latest_version"] = run_on_latest_version
    where = {"dag_id": dag_id, "dag_run_id": run_id}
    plan = session.api.record("clear_dag_run", "task_instances", body={**body, "dry_run": True}, **where)
    result = plan["task_instances"]
    if dry_run or not result:
        return Rows(result, CLEARED, "task_id", {"map_index": -1}, "nothing to clear")
    text = f"{format_count(len(result), 'task instance')} of {run_id} would be cleared."
    confirm(session, result, text, "dagrun clear")
    if note is not None:
        body["note"] = note
    answer = session.api.record("clear_dag_run", "dag_run_id", body={**body, "dry_run": False}, **where)
    if follow:
        from airflowctl.domain.runs.watch_run import watch_run

        return watch_run(session, dag_id, answer)
    return Record(answer, "dag_run_id", SHOWN)
