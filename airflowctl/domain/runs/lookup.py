"""How a Dag run is named, and what commands about runs share."""

from __future__ import annotations

from airflowctl.core.command import arg, flag, opt, toggle
from airflowctl.core.converters import identifier, regex, seconds, timestamp
from airflowctl.core.errors import NotFound, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from airflowctl.session.session import Session

RUN_STATES = ("queued", "running", "success", "failed")
ENDED = ("success", "failed")
RUN_TYPES = (
    "scheduled", "manual", "backfill", "asset_triggered", "asset_materialization", "operator_triggered",
)  # fmt: skip
NEWEST = ("latest", "-1")
# By `run_after`, not by the logical date: a run that was triggered without one has none.
RUN = names(
    "run",
    op="get_dag_runs",
    items="dag_runs",
    key="dag_run_id",
    scope={"dag_id": "dag"},
    search="run_id_pattern",
    order="-run_after",
    note=("state", "run_after"),
    fresh=5.0,
    most=100,
    newest=NEWEST,
)
SHOWN = ("dag_id", "dag_run_id", "state", "run_type", "start_date", "end_date", "duration", "note")
ALL_DAGS = "~"


DAG_ID = arg("dag_id", "The Dag.", complete="dag", convert=identifier, aliases=("--dag-id",))
RUN_ID = arg(
    "run_id", "The run; `latest` or -1 is the newest, a date the run of that logical date.",
    complete="run", convert=identifier, aliases=("--run-id", "--dag-run-id"),
)  # fmt: skip
RUN_OR_NEWEST = RUN_ID._replace(
    required=False, default="latest", help="The run, by its id or its logical date; the newest if not given."
)
ON_LATEST_VERSION = toggle(
    "--run-on-latest-version",
    help="Run the Dag's latest version.",
    no_help="Run the version of the Dag that the earlier run had.",
    since="3.1",
)
CLEARED = ("dag_run_id", "task_id", "map_index", "state")
ONLY_FAILED = flag("-f", "--only-failed", help="Only tasks that failed.")
ONLY_RUNNING = flag("-r", "--only-running", help="Only tasks that are running.")
ONLY_NEW = flag("--only-new", help="Only tasks that are new in the Dag's latest version.", since="3.2")
FOLLOW = flag("--follow", help="Then watch the run until it ends, as dagrun watch does; exit 5 if it fails.")
TIMEOUT = opt("--timeout", help="Give up after this long; exit 3.", convert=seconds, metavar="SECONDS")
WAIT = flag("--wait", help="Wait until the run ends; exit 5 if it fails.")
# What watching calls, for the declarations of all that watch.
WATCHING = ("get_dag_run", "get_dag", "get_tasks", "get_task_instances", "get_hitl_details")


def dag_regex(dag_id: str) -> Any:
    """DAG_ID where it stands for all Dags whose ids it matches, compiled. Raises UsageError."""
    try:
        return regex(dag_id)
    except ValueError as error:
        raise UsageError(f"DAG_ID '{dag_id}': {error}") from None


def the_run(session: Session, dag_id: str, run_id: str) -> str:
    """Return the id of the run that was meant: the newest, that of a logical date, else as it was given."""
    query: dict[str, Any]
    if run_id in NEWEST:
        query = {}
        missing = NotFound(f"{dag_id} has no run yet", suggest("dags", "trigger", dag_id))
    elif (moment := logical_date(run_id)) is not None:
        # The API has no filter for exactly one date: from and to the same moment is one.
        query = {"logical_date_gte": moment, "logical_date_lte": moment}
        missing = NotFound(f"{dag_id} has no run of the logical date {moment}")
    else:
        return run_id
    record = newest_run(session, dag_id, **query)
    if record is None:
        raise missing
    return str(record["dag_run_id"])


def fetch_runs(
    session: Session,
    dag_id: str,
    query: dict[str, Any],
    limit: int | None = None,
    keep: Callable[[dict[str, Any]], bool] | None = None,
) -> Any:
    """Return the runs that these filters leave, newest first; those of them that `keep` takes."""
    from itertools import islice

    from airflowctl.domain.sorted_limit import OF_RUNS, fetch_sorted

    def fetch(by: Any, most: int | None) -> Any:
        ordered = {**query, "order_by": by}
        fetch_limit = most if keep is None else None
        rows = session.api.pages("get_dag_runs", "dag_runs", limit=fetch_limit, query=ordered, dag_id=dag_id)
        return rows if keep is None else islice(filter(keep, rows), most)

    return fetch_sorted(session, str(RUN.order), OF_RUNS, limit, fetch)


def newest_run(session: Session, dag_id: str, **filters: Any) -> dict[str, Any] | None:
    """Return the newest run of a Dag, of those that the filters leave; None where there is none."""
    query = {**filters, "order_by": RUN.order}
    return next(session.api.pages("get_dag_runs", "dag_runs", limit=1, query=query, dag_id=dag_id), None)


def logical_date(text: str) -> str | None:
    """Return the date, if the text is one: an id that ends with a date is none."""
    try:
        # `now` and `-1d` are dates for other options, but names that a run may have here.
        return timestamp(text) if text[:1].isdigit() else None
    except ValueError:
        return None
