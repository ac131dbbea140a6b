"""`dags clear`: runs of a Dag are cleared, so that their tasks run again."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, command, opt
from airflowctl.core.converters import identifier, some_text, timestamp
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.clear_runs import ClearValues, check_choice, choose_runs, send_clear
from airflowctl.domain.runs.lookup import (
    CLEARED,
    DAG_ID,
    FOLLOW,
    ON_LATEST_VERSION,
    ONLY_FAILED,
    ONLY_NEW,
    ONLY_RUNNING,
    WATCHING,
)

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "dags clear",
    "Clear runs of a Dag: their tasks run again.",
    DAG_ID,
    opt("--run-id", aliases=("--dag-run-id",), repeatable=True, complete="run", convert=identifier,
        metavar="RUN_ID",
        help="This run, or each of several; `latest` is the newest, a date the run of that logical date."),
    opt("--partition-key", help="The runs of this partition.", complete="partition", convert=some_text,
        metavar="KEY"),
    opt("--partition-date-start", help="Runs of partitions from this date on.", convert=timestamp,
        metavar="DATE"),
    opt("--partition-date-end", help="Runs of partitions up to this date.", convert=timestamp,
        metavar="DATE"),
    opt("-s", "--start-date", help="Runs of logical dates from this date on.", convert=timestamp,
        metavar="DATE"),
    opt("-e", "--end-date", help="Runs of logical dates up to this date.", convert=timestamp,
        metavar="DATE"),
    ONLY_FAILED,
    ONLY_RUNNING,
    ONLY_NEW,
    ON_LATEST_VERSION,
    opt("--note", help="A note on the runs.", metavar="TEXT", since="3.3"),
    FOLLOW,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(CLEAR, "Dag", "dag_id"),
    op="clear_dag_run",
    undo=undo.CLEAR,
    uses=("clear_dag_runs", "post_clear_task_instances", "get_dag_runs", *WATCHING),
    invalidates=("run",),
    about="It shows the tasks, and asks first. By default all tasks of the runs are cleared, as in the"
    " classic CLI. Partitions need Airflow 3.3.",
    classic="classic_dags:clear_runs",
    examples=("airflowctl dags clear etl --run-id latest --only-failed",
              "airflowctl dags clear etl --start-date 2026-11-01 --end-date 2026-11-07 --dry-run"),
)  # fmt: skip
def clear(session: Session, values: ClearValues) -> Result:
    from airflowctl.domain.runs.clearing import confirm, follow, the_one

    check_choice(values)
    dag_id, dry_run = values.dag_id, values.dry_run
    # For a Dag that is not there the server finds no run of the dates, and says only that there is none.
    session.api.record("get_dag", "dag_id", dag_id=dag_id)
    chosen = choose_runs(session, dag_id, values)
    tasks = send_clear(session, dag_id, chosen, values, dry_run=True)
    if dry_run or not tasks:
        return Rows(tasks, CLEARED, "task_id", optional={"map_index": -1}, empty="nothing to clear")
    runs = sorted({str(task["dag_run_id"]) for task in tasks})
    text = f"{format_count(len(tasks), 'task instance')} in {format_count(len(runs), 'run')}"
    # Checked before the question: a line that cannot be followed must not have cleared anything.
    followed = the_one((dag_id, run_id) for run_id in runs) if values.follow else None
    confirm(session, tasks, f"{text} of {dag_id} would be cleared.", "dags clear")
    send_clear(session, dag_id, chosen, values, dry_run=False)
    if followed:
        return follow(session, *followed)
    return Text(f"cleared {text}", {"dag_id": dag_id, "task_instances": len(tasks), "dag_runs": runs})
