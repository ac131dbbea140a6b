"""Partitions of Dag runs."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import identifier, some_text, timestamp
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count
from airflowctl.domain.params import DRY_RUN

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def window(text: str) -> tuple[str, str]:
    """`2026-11-01~2026-11-03` -> both ends; one date is both."""
    first, between, last = text.partition("~")
    return timestamp(first.strip()), timestamp(last.strip() if between else first.strip())


class ClearValues(NamedTuple):
    """The values of `partitions clear`."""

    dag_id: str
    run_id: str | None
    partition_key: str | None
    start_date: str | None
    end_date: str | None
    date: Any | None
    clear_task_instances: bool
    dry_run: bool


@command(
    "partitions clear",
    "Clear the partition of runs, so that it is produced again; Airflow 3.3 and later.",
    opt(
        "-d", "--dag-id", help="The Dag.", required=True, complete="dag", convert=identifier, metavar="DAG_ID"
    ),
    opt("-r", "--run-id", help="Only this run.", complete="run", convert=identifier, metavar="RUN_ID"),
    opt(
        "-k",
        "--partition-key",
        help="Only this partition key.",
        complete="partition",
        convert=some_text,
        metavar="KEY",
    ),
    opt(
        "-s",
        "--start-date",
        help="Only partition dates from this date on.",
        convert=timestamp,
        metavar="DATE",
    ),
    opt("-e", "--end-date", help="Only partition dates up to this date.", convert=timestamp, metavar="DATE"),
    opt(
        "--date",
        help="The start and end date in one option.",
        complete="date",
        convert=lambda text: [window(text)],
        metavar="DATE[~DATE]",
    ),
    flag("--clear-task-instances", help="Also clear the tasks of these runs, so that they run again."),
    DRY_RUN,
    effect=effect(CLEAR, "partition of Dag", "dag_id", "run_id", "partition_key"),
    op="clear_dag_run_partitions",
    undo=undo.CLEAR,
    invalidates=("run",),
    about="As in the classic CLI, there is no question in a script: check with --dry-run first.",
    classic="classic_runs:clear_partitions",
    examples=("airflowctl partitions clear -d etl --partition-key 2026-11-01 --dry-run",),
)
def clear(session: Session, values: ClearValues) -> Text:
    start, end = values.start_date, values.end_date
    if values.date is not None:
        # Two of three would be passed over in silence.
        if values.start_date or values.end_date:
            raise UsageError("--date is said instead of --start-date and --end-date")
        start, end = values.date[0]
    body: dict[str, object] = {
        "run_id": values.run_id,
        "partition_key": values.partition_key,
        "partition_date_start": start,
        "partition_date_end": end,
    }
    # For the server the selectors exclude each other: only those that the line names are sent.
    body = {name: value for name, value in body.items() if value is not None}
    # Always spelled out: the server's own default is a dry run, and would report what it did not do.
    body |= {"dry_run": values.dry_run, "clear_task_instances": values.clear_task_instances}
    op = "clear_dag_run_partitions"
    answer = session.api.record(op, "dag_runs_cleared", body=body, dag_id=values.dag_id)
    runs, tasks = answer["dag_runs_cleared"], answer.get("task_instances_cleared", 0)
    would = "would be cleared" if values.dry_run else "cleared"
    text = (
        f"partitions of {format_count(runs, 'run')} {would}, {format_count(tasks, 'task instance')} with them"
    )
    return Text(text, answer)
