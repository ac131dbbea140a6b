"""Which runs `dags clear` means, and the requests that clear them."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import RUN, the_run

if TYPE_CHECKING:
    from typing import Any

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


def check_choice(values: ClearValues) -> None:
    ways = (
        bool(values.run_id),
        values.partition_key is not None,
        any(getattr(values, name) for name in PARTITIONS[1:]),
        any(getattr(values, name) for name in WINDOW),
    )
    flags = "--run-id, --partition-key, --partition-date-start/-end or --start-date/--end-date"
    # Two ways to choose would have to be joined by `and` or by `or`, and a user may mean either.
    if sum(ways) != 1:
        raise UsageError(
            "which runs is not clear" if sum(ways) else "no run is named", f"give one of {flags}"
        )
    if values.only_failed and values.only_running:
        raise UsageError("--only-failed and --only-running do not go together", "give one of them")
    # `only_running` is a field of the operation for tasks, which knows no partitions.
    if values.only_running and (ways[1] or ways[2]):
        raise UsageError("the API cannot clear only the running tasks of a partition", "give --run-id")
    if values.only_running and values.only_new:
        raise UsageError("--only-running and --only-new do not go together", "give one of them")


def choose_runs(session: Session, dag_id: str, values: ClearValues) -> tuple[str, ...]:
    """Return the runs by id; none of them where the server chooses, by partition."""
    if values.run_id:
        # `latest` and the newest run's own id may both stand in a line: it is cleared once.
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


def send_clear(
    session: Session, dag_id: str, chosen: tuple[str, ...], values: ClearValues, *, dry_run: bool
) -> list[dict[str, Any]]:
    """Clear; or return the task instances that would be cleared."""
    mode = {name: getattr(values, name) for name in MODE}
    body = {
        # `only_failed` is always sent, as the server's own default for it is the opposite of ours.
        name: value
        for name, value in mode.items()
        if value not in (None, False) or name == "only_failed"
    }
    # False is said by `--no-run-on-latest-version`, and differs from what is not said at all.
    if values.run_on_latest_version is False:
        body["run_on_latest_version"] = False
    body["dry_run"] = dry_run
    if values.only_running:
        return [task for run_id in chosen for task in _running(session, dag_id, run_id, body)]
    partitions = {name: getattr(values, name) for name in PARTITIONS if getattr(values, name) is not None}
    # One run goes by the older operation, which every supported server has.
    if partitions or (len(chosen) > 1 and _takes_many(session)):
        runs = {"dag_runs": [{"dag_run_id": run_id} for run_id in chosen]} if chosen else partitions
        answer = session.api.call("clear_dag_runs", body={**body, **runs}, dag_id=dag_id)
        return _plan(answer) if dry_run else []
    tasks: list[dict[str, Any]] = []
    for run_id in chosen:
        answer = session.api.call("clear_dag_run", body=body, dag_id=dag_id, dag_run_id=run_id)
        tasks += _plan(answer) if dry_run else []
    return tasks


def _running(session: Session, dag_id: str, run_id: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Running tasks are chosen by the operation for tasks only; its defaults are others."""
    task_body = {
        **body,
        "only_failed": False,
        "only_running": True,
        "reset_dag_runs": True,
        "dag_run_id": run_id,
    }
    answer = session.api.call("post_clear_task_instances", body=task_body, dag_id=dag_id)
    return _plan(answer)


def _plan(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the task instances that an answer says would be cleared: without them nothing is known."""
    return list(answer["task_instances"])


def _takes_many(session: Session) -> bool:
    from airflowctl.api.operations import table, version_key

    return version_key(session.api.version())[:2] >= version_key(table()["clear_dag_runs"].since)
