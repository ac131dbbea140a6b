"""Runs of Dags. Here: what names a run, and waiting for one; every other file is one thing done to runs."""

from __future__ import annotations

import time

from airflowctl.core.command import arg, names
from airflowctl.core.errors import FAILED_WAIT, CliError, Interrupted, NotFound, TimedOut, Unreachable
from airflowctl.core.result import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import identifier, timestamp

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session import Session

RUN_STATES = ("queued", "running", "success", "failed")
ENDED = ("success", "failed")
RUN_TYPES = (
    "scheduled", "manual", "backfill", "asset_triggered", "asset_materialization", "operator_triggered",
)  # fmt: skip
RUN = names(
    "run",
    op="get_dag_runs",
    items="dag_runs",
    key="dag_run_id",
    scope={"dag_id": "dag"},
    search="run_id_pattern",
    order="-run_after",
    note=("state",),
    fresh=5.0,
    most=100,
)
SHOWN = ("dag_id", "dag_run_id", "state", "run_type", "start_date", "end_date", "duration", "note")
ALL_DAGS = "~"
MOST_FAILURES = 10  # looks in a row
_POLL = (0.5, 5.0)  # seconds between two looks: at first, and at most


DAG_ID = arg("dag_id", "The Dag.", complete="dag", convert=identifier, also=("--dag-id",))
RUN_ID = arg(
    "run_id", "The run; `latest` or -1 is the newest, a date the one of that logical date.",
    complete="run", convert=identifier, also=("--run-id", "--dag-run-id"),
)  # fmt: skip
NEWEST = ("latest", "-1")


def the_run(session: Session, dag_id: str, run_id: str) -> str:
    """The id of the run that was meant: the newest, that of a logical date, else as it was given."""
    query: dict[str, Any]
    if run_id in NEWEST:
        query = {"order_by": RUN.order}
        missing = NotFound(f"{dag_id} has no run yet", f"airflowctl dags trigger {dag_id}")
    elif (moment := logical_date(run_id)) is not None:
        query = {"logical_date_gte": moment, "logical_date_lte": moment}
        missing = NotFound(f"{dag_id} has no run of the logical date {moment}")
    else:
        return run_id
    found = next(session.api.pages("get_dag_runs", "dag_runs", limit=1, query=query, dag_id=dag_id), None)
    if found is None:
        raise missing
    return str(found["dag_run_id"])


def logical_date(text: str) -> str | None:
    """The date, if the text is one: an id that ends with a date is none."""
    try:
        return timestamp(text) if text[:1].isdigit() else None
    except ValueError:
        return None


def finished(session: Session, dag_id: str, run: dict[str, Any], timeout: float | None) -> Record:
    """Wait for a run to end; its record, with exit code 5 unless it succeeded. Raises TimedOut."""
    run_id = run["dag_run_id"]
    session.output.note(f"waiting for {run_id} (Ctrl-C stops only the waiting)")
    try:
        run = _ended(session, dag_id, run, timeout)
    except KeyboardInterrupt:
        raise Interrupted("no longer waiting; the run goes on", _look_again(dag_id, run_id)) from None
    if run["state"] == "success":
        return Record(run, "dag_run_id", SHOWN)
    session.output.note(f"{run_id} failed; see: airflowctl tasks states-for-dag-run {dag_id} {run_id}")
    return Record(run, "dag_run_id", SHOWN, code=FAILED_WAIT)


def _ended(session: Session, dag_id: str, run: dict[str, Any], timeout: float | None) -> dict[str, Any]:
    pause, failures = _POLL[0], 0
    deadline = None if timeout is None else time.monotonic() + timeout
    while run.get("state") not in ENDED:
        left = pause if deadline is None else deadline - time.monotonic()
        if left <= 0:
            message = f"{run['dag_run_id']} of {dag_id} is still {run.get('state')} after {timeout:g} s"
            raise TimedOut(message, _look_again(dag_id, run["dag_run_id"]))
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, _POLL[1])
        run, failures = _look(session, dag_id, run, failures)
    return run


def _look_again(dag_id: str, run_id: str) -> str:
    return f"look again with: airflowctl dagrun get {dag_id} {run_id}"


def _look(session: Session, dag_id: str, run: dict[str, Any], failures: int) -> tuple[dict[str, Any], int]:
    """The run as it is now, and how many looks in a row have failed: a few do not end the waiting."""
    run_id = run["dag_run_id"]
    try:
        return session.api.record("get_dag_run", "state", dag_id=dag_id, dag_run_id=run_id), 0
    except CliError as error:
        passing = isinstance(error, Unreachable) or error.status == 429 or error.status >= 500
        if not passing or failures >= MOST_FAILURES:
            error.hint = f"the run goes on; {_look_again(dag_id, run_id)}"
            raise
        return run, failures + 1
