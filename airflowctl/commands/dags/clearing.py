"""Clearing runs of a Dag, so that their tasks run again."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, DRY_RUN, command, opt
from airflowctl.core.converters import identifier, some_text, timestamp
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import counted
from airflowctl.domain.runs.lookup import (
    CLEARED,
    DAG_ID,
    FOLLOW,
    ON_LATEST_VERSION,
    ONLY_FAILED,
    ONLY_NEW,
    ONLY_RUNNING,
    RUN,
    WATCHING,
    the_run,
)

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session

PARTITIONS = ("partition_key", "partition_date_start", "partition_date_end")
WINDOW = ("start_date", "end_date")
MODE = ("only_failed", "only_new", "run_on_latest_version", "note")


class ClearValues(NamedTuple):
    """The values of `dags clear`."""

    dag_id: str
    run_id: tuple[str, ...]
    partition_key: str | None
    partition_date_start: str | None
    partition_date_end: str | None
    start_date: str | None
    end_date: str | None
    only_failed: bool
    only_running: bool
    only_new: bool
    run_on_latest_version: bool | None
    note: str | None
    follow: bool
    dry_run: bool


@command(
    "dags clear",
    "Clear runs of a Dag: their tasks run again.",
    DAG_ID,
    opt("--run-id", also=("--dag-run-id",), many=True, complete="run", convert=identifier,
        metavar="RUN_ID",
        help="This run, or each of several; `latest` is the newest, a date the one of that logical date."),
    opt("--partition-key", help="The runs of this partition.", complete="partition", convert=some_text,
        metavar="KEY"),
    opt("--partition-date-start", help="The runs of partitions from here on.", convert=timestamp,
        metavar="DATE"),
    opt("--partition-date-end", help="The runs of partitions up to here.", convert=timestamp, metavar="DATE"),
    opt("-s", "--start-date", help="The runs of logical dates from here on.", convert=timestamp,
        metavar="DATE"),
    opt("-e", "--end-date", help="The runs of logical dates up to here.", convert=timestamp,
        metavar="DATE"),
    ONLY_FAILED,
    ONLY_RUNNING,
    ONLY_NEW,
    ON_LATEST_VERSION,
    opt("--note", help="A note on the runs.", metavar="TEXT", since="3.3"),
    FOLLOW,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(CLEAR, "Dag", "dag_id"),
    op="clear_dag_run",
    undo=undo.CLEAR,
    uses=("clear_dag_runs", "post_clear_task_instances", "get_dag_runs", *WATCHING),
    changes=("run",),
    about="It shows the tasks, and asks. All tasks of the runs are cleared if nothing else is said, as in"
    " the classic CLI. Partitions need Airflow 3.3.",
    examples=("airflowctl dags clear etl --run-id latest --only-failed",
              "airflowctl dags clear etl --start-date 2026-11-01 --end-date 2026-11-07 --dry-run"),
)  # fmt: skip
def clear(session: Session, values: ClearValues) -> Result:
    from airflowctl.domain.runs.clearing import confirm, follow, the_one

    _check(values)
    dag_id, dry_run = values.dag_id, values.dry_run
    session.api.record("get_dag", "dag_id", dag_id=dag_id)
    chosen = _chosen(session, dag_id, values)
    tasks = _send(session, dag_id, chosen, values, dry_run=True)
    if dry_run or not tasks:
        return Rows(tasks, CLEARED, "task_id", optional={"map_index": -1}, empty="nothing to clear")
    runs = sorted({str(task.get("dag_run_id")) for task in tasks})
    told = f"{counted(len(tasks), 'task instance')} in {counted(len(runs), 'run')}"
    followed = the_one((dag_id, run_id) for run_id in runs) if values.follow else None
    confirm(session, tasks, f"{told} of {dag_id} would be cleared.", "dags clear")
    _send(session, dag_id, chosen, values, dry_run=False)
    if followed:
        return follow(session, *followed)
    return Text(f"cleared {told}", {"dag_id": dag_id, "task_instances": len(tasks), "dag_runs": runs})


def _check(values: ClearValues) -> None:
    ways = (
        bool(values.run_id),
        values.partition_key is not None,
        any(getattr(values, name) for name in PARTITIONS[1:]),
        any(getattr(values, name) for name in WINDOW),
    )
    flags = "--run-id, --partition-key, --partition-date-start/-end or --start-date/--end-date"
    if sum(ways) != 1:
        raise UsageError(
            "which runs is not clear" if sum(ways) else "no run is named", f"give one of {flags}"
        )
    if values.only_failed and values.only_running:
        raise UsageError("--only-failed and --only-running do not go together", "give one of them")
    if values.only_running and (ways[1] or ways[2]):
        raise UsageError("the API cannot clear only the running tasks of a partition", "give --run-id")
    if values.only_running and values.only_new:
        raise UsageError("--only-running and --only-new do not go together", "give one of them")


def _chosen(session: Session, dag_id: str, values: ClearValues) -> tuple[str, ...]:
    """The runs by id; none of them where the server chooses, by partition."""
    if values.run_id:
        return tuple(dict.fromkeys(the_run(session, dag_id, run_id) for run_id in values.run_id))
    if not any(getattr(values, name) for name in WINDOW):
        return ()
    query = {
        "logical_date_gte": values.start_date,
        "logical_date_lte": values.end_date,
        "order_by": RUN.order,
    }
    runs = session.api.pages("get_dag_runs", "dag_runs", query=query, dag_id=dag_id)
    return tuple(str(run["dag_run_id"]) for run in runs)


def _send(
    session: Session, dag_id: str, chosen: tuple[str, ...], values: ClearValues, *, dry_run: bool
) -> list[dict[str, Any]]:
    """Clear, or ask what would be cleared: then its task instances."""
    mode = {name: getattr(values, name) for name in MODE}
    body = {
        name: value for name, value in mode.items() if value not in (None, False) or name == "only_failed"
    }
    if values.run_on_latest_version is False:
        body["run_on_latest_version"] = False
    body["dry_run"] = dry_run
    if values.only_running:
        return [task for run_id in chosen for task in _running(session, dag_id, run_id, body)]
    partitions = {name: getattr(values, name) for name in PARTITIONS if getattr(values, name) is not None}
    if partitions or (len(chosen) > 1 and _takes_many(session)):
        runs = {"dag_runs": [{"dag_run_id": run_id} for run_id in chosen]} if chosen else partitions
        answer = session.api.call("clear_dag_runs", body={**body, **runs}, dag_id=dag_id)
        return list(answer.get("task_instances", ()))
    tasks: list[dict[str, Any]] = []
    for run_id in chosen:
        answer = session.api.call("clear_dag_run", body=body, dag_id=dag_id, dag_run_id=run_id)
        tasks += answer.get("task_instances", ())
    return tasks


def _running(session: Session, dag_id: str, run_id: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Running tasks are chosen by the operation for tasks only; its defaults are others."""
    mine = {**body, "only_failed": False, "only_running": True, "reset_dag_runs": True, "dag_run_id": run_id}
    answer = session.api.call("post_clear_task_instances", body=mine, dag_id=dag_id)
    return list(answer.get("task_instances", ()))


def _takes_many(session: Session) -> bool:
    from airflowctl.api.operations import table, version_key

    return version_key(session.api.version())[:2] >= version_key(table()["clear_dag_runs"].since)
