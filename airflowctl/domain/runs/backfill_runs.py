"""Which runs a backfill has, and how far it is. The API does not link the two."""

from __future__ import annotations

from airflowctl.core.durations import moment
from airflowctl.core.errors import NotAllowed, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import ENDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from airflowctl.session.session import Session

BACKFILL = "backfill"  # the type of its runs
_CLOCK = 1.0  # seconds by which two times of one request may differ
_MOST = 100  # backfills of a Dag that are looked at, the newest
_IN_TURN = (*ENDED, "running", "queued")


class Progress(NamedTuple):
    """How far a backfill is: how many runs are in which state, those that failed, and for how many seconds
    it will probably last; None where that cannot be estimated."""

    counts: dict[str, int]
    failed: list[dict[str, Any]]
    ended: int
    total: int
    seconds_left: float | None

    @property
    def words(self) -> str:
        """`3 success, 1 failed, 2 queued`"""
        return ", ".join(f"{number} {state}" for state, number in self.counts.items())


def request_backfill(session: Session, op: str, backfill_id: str) -> dict[str, Any]:
    """Return the answer of an operation on one backfill. Raises CliError, which names it."""
    try:
        return session.api.record(op, "id", backfill_id=backfill_id)
    except NotFound as error:  # the server does not say which
        error.message = f"there is no backfill {backfill_id}"
        error.hint = f"see: {suggest('backfill', 'list', 'DAG_ID')}"
        raise


def fetch_backfills(session: Session, dag_id: str) -> list[dict[str, Any]]:
    """Return the backfills of a Dag, newest first. Raises CliError."""
    query = {"dag_id": dag_id, "order_by": "-id"}
    return list(session.api.pages("list_backfills", "backfills", limit=_MOST, query=query))


def has_date_of(backfill: dict[str, Any], run: dict[str, Any]) -> bool:
    """Return whether the run's date is one of the backfill's."""
    first, last = moment(backfill.get("from_date")), moment(backfill.get("to_date"))
    date = moment(date_of(run))
    return first is not None and last is not None and date is not None and first <= date <= last


def date_of(run: dict[str, Any]) -> Any:
    """Return the date for which a run is: its logical date, or that of its partition."""
    return run.get("logical_date") or run.get("partition_date")


def backfill_of(run: dict[str, Any], backfills: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the backfill of a run: the first of these, newest first, which has its date and was there when
    the run was queued. None where the run is of another type, or there is none."""
    if run.get("run_type") != BACKFILL:
        return None
    queued = moment(run.get("queued_at"))
    for backfill in backfills:
        created = moment(backfill.get("created_at"))
        is_before = created is None or queued is None or (created - queued).total_seconds() < _CLOCK
        if is_before and has_date_of(backfill, run):
            return backfill
    return None


def link_runs(session: Session, dag_id: str, runs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return these runs of a Dag, each with the number of its backfill as `backfill_id`; a request more where
    one has the type. None where a user may not see backfills, which is said. Raises CliError."""
    backfills: list[dict[str, Any]] = []
    if any(run.get("run_type") == BACKFILL for run in runs):
        try:
            backfills = fetch_backfills(session, dag_id)
        except NotAllowed:
            session.output.note("which backfill a run is of is not known: you may not see them")
    return [{**run, "backfill_id": (backfill_of(run, backfills) or {}).get("id")} for run in runs]


def is_cancelled(backfill: dict[str, Any]) -> bool:
    """Return whether a user ended it: Airflow pauses it before, and no operation unpauses it after that."""
    return bool(backfill.get("completed_at") and backfill.get("is_paused"))


def fetch_runs_of(
    session: Session, backfill: dict[str, Any], backfills: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the runs of one of the backfills of a Dag, by their dates. Raises CliError."""
    runs = _fetch_window(session, backfill, "logical_date")
    # Runs of partitions have no logical date; older servers have no filter for that of the partition.
    if not runs and _has_partition_dates(session):
        runs = _fetch_window(session, backfill, "partition_date")
    number = backfill.get("id")
    return [run for run in runs if (backfill_of(run, backfills) or {}).get("id") == number]


def _has_partition_dates(session: Session) -> bool:
    from airflowctl.api.operations import table, version_key

    needed = table()["get_dag_runs"].needs(("partition_date_gte",))
    return version_key(session.api.version()) >= version_key(needed)


def _fetch_window(session: Session, backfill: dict[str, Any], field: str) -> list[dict[str, Any]]:
    query = {
        "run_type": (BACKFILL,),
        f"{field}_gte": backfill["from_date"],
        f"{field}_lte": backfill["to_date"],
        "order_by": "logical_date" if field == "logical_date" else "id",
    }
    return list(session.api.pages("get_dag_runs", "dag_runs", query=query, dag_id=str(backfill["dag_id"])))


def measure_progress(runs: Sequence[dict[str, Any]], now: datetime) -> Progress:
    """Return how far the runs of a backfill are."""
    states = [str(run.get("state")) for run in runs]
    order = (*_IN_TURN, *sorted(set(states) - set(_IN_TURN)))
    counts = {state: states.count(state) for state in order if state in states}
    failed = [run for run in runs if run.get("state") == "failed"]
    ended = sum(state in ENDED for state in states)
    return Progress(counts, failed, ended, len(runs), _seconds_left(runs, now))


def _seconds_left(runs: Sequence[dict[str, Any]], now: datetime) -> float | None:
    """Return for how long the runs that are left will take, if they end as fast as those before them."""
    starts = [start for run in runs if (start := moment(run.get("start_date")))]
    # A run that never began has ended at once: it says nothing of how long one takes.
    ended = sum(run.get("state") in ENDED and bool(run.get("start_date")) for run in runs)
    left = sum(run.get("state") not in ENDED for run in runs)
    if not (starts and ended and left):
        return None
    return max(0.0, (now - min(starts)).total_seconds()) / ended * left
