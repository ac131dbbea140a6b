"""Backfills: runs of a Dag for past dates."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, arg, command, opt, toggle
from airflowctl.core.converters import identifier, json_object, timestamp, whole_number
from airflowctl.core.effect import CLEAR, MARK, READS, SWITCH, effect
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import DRY_RUN, LIMIT_NEWEST
from airflowctl.domain.runs.backfill_runs import request_backfill
from airflowctl.domain.runs.lookup import DAG_ID, FOLLOW, ON_LATEST_VERSION, TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.core.rich_results import Result, Watch
    from airflowctl.session.session import Session

BACKFILL = names(
    "backfill",
    op="list_backfills",
    items="backfills",
    key="id",
    scope={"dag_id": "dag"},
    order="-id",
    note=("dag_id", "from_date", "completed_at"),
    lately=True,
)
BACKFILL_ID = arg(
    "backfill_id",
    "The backfill's number, as backfill list shows it.",
    complete="backfill",
    convert=identifier,
    aliases=("--backfill-id",),
)
WHAT = (
    DAG_ID,
    opt("--from-date", help="First logical date.", convert=timestamp, required=True, metavar="DATE",
        aliases=("-s", "--start-date")),
    opt("--to-date", help="Last logical date.", convert=timestamp, required=True, metavar="DATE",
        aliases=("-e", "--end-date")),
    opt("--dag-run-conf", help="Parameters of the runs, a JSON object; @FILE or - reads it.",
        complete="param", convert=json_object, metavar="JSON",
        aliases=("-c", "--conf"))._replace(refers="@"),
    # No default of ours: it is the server's to choose, and a newer one may choose another.
    opt("--max-active-runs", help="At most this many runs at once; the server's default is 10.",
        convert=whole_number, metavar="N"),
    opt("--reprocess-behavior", help="Which of the dates that already have a run to run again; none if"
        " not given.",
        choices=("none", "completed", "failed")),
    toggle("--run-backwards", help="Start with the last date.", no_help="Start with the first date."),
    ON_LATEST_VERSION,
)  # fmt: skip
FIELDS = (
    "dag_id", "from_date", "to_date", "dag_run_conf", "max_active_runs", "reprocess_behavior",
    "run_backwards", "run_on_latest_version",
)  # fmt: skip
COLUMNS = ("id", "dag_id", "from_date", "to_date", "is_paused", "completed_at")
_FOLLOW = FOLLOW._replace(
    help="Then watch its runs until they end, as backfill watch does; exit 5 if one fails."
)
_WATCHING = ("list_backfills", "get_dag_runs", "get_dag")


def _dates(session: Session, values: Mapping[str, Any]) -> list[str]:
    """Return the dates of its runs, which are counted before a person agrees."""
    answer = session.api.record("create_backfill_dry_run", "backfills", body=_body(values))
    return [str(row.get("logical_date") or row.get("partition_key")) for row in answer["backfills"]]


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in FIELDS if values[name] is not None}


class CreateValues(NamedTuple):
    """The values of `backfill create`."""

    dag_id: str
    from_date: str
    to_date: str
    dag_run_conf: dict[str, Any] | None
    max_active_runs: int | None
    reprocess_behavior: str | None
    run_backwards: bool | None
    run_on_latest_version: bool | None
    follow: bool
    dry_run: bool


@command(
    "backfill create",
    "Run a Dag for past dates.",
    *WHAT,
    _FOLLOW,
    DRY_RUN,
    effect=effect(CLEAR, "run", "dag_id", becomes="created or run again", look=_dates),
    op="create_backfill",
    uses=("create_backfill_dry_run", *_WATCHING),
    invalidates=("run", "backfill"),
    deprecated_lines=("dags backfill",),
    about="Dates without a timezone are UTC. A Dag has one backfill at a time. With --follow, Ctrl-C"
    " ends only the watching; the backfill continues.",
    classic="classic_runs:create_backfill",
    form="param_form:fill_params",
    examples=(
        "airflowctl backfill create etl --from-date 2026-11-01 --to-date 2026-11-07 --dry-run",
        "airflowctl backfill create etl --from-date 2026-11-01 --to-date 2026-11-07 --follow",
    ),
)
def create(session: Session, values: CreateValues) -> Result:
    if values.dry_run:
        return _plan(session, values._asdict())
    backfill = session.api.record("create_backfill", "id", body=_body(values._asdict()))
    return _follow(session, backfill) if values.follow else Record(backfill, "id", COLUMNS)


def _follow(session: Session, backfill: dict[str, Any]) -> Watch:
    from airflowctl.domain.runs.watch_backfill import watch_backfill

    return watch_backfill(session, backfill)


class DryRunValues(NamedTuple):
    """The values of `backfill dry-run`."""

    dag_id: str
    from_date: str
    to_date: str
    dag_run_conf: dict[str, Any] | None
    max_active_runs: int | None
    reprocess_behavior: str | None
    run_backwards: bool | None
    run_on_latest_version: bool | None


@command(
    "backfill dry-run",
    "Show for which dates a backfill would run a Dag; changes nothing.",
    *WHAT,
    effect=READS,
    op="create_backfill_dry_run",
    aliases=("backfill create-dry-run",),
    examples=("airflowctl backfill dry-run etl --from-date 2026-11-01 --to-date 2026-11-07",),
)
def dry_run(session: Session, values: DryRunValues) -> Rows:
    return _plan(session, values._asdict())


def _plan(session: Session, values: Mapping[str, Any]) -> Rows:
    rows = session.api.record("create_backfill_dry_run", "backfills", body=_body(values))["backfills"]
    return _dates_table(rows, empty="there is no date to run it for")


def _dates_table(rows: list[dict[str, Any]], empty: str) -> Rows:
    columns = ("logical_date", "partition_key", "partition_date")
    optional = {"partition_key": None, "partition_date": None}
    return Rows(rows, columns, "logical_date", optional=optional, empty=empty)


@command(
    "backfill list",
    "List the backfills of a Dag, newest first.",
    DAG_ID,
    LIMIT_NEWEST,
    op="list_backfills",
    uses=("get_dag",),
    examples=("airflowctl backfill list etl --limit 5",),
)
def list_backfills(session: Session, dag_id: str, limit: int | None) -> Rows:
    session.api.record("get_dag", "dag_id", dag_id=dag_id)  # the server lists none for an unknown one
    query = {"dag_id": dag_id, "order_by": "-id"}
    items = session.api.pages("list_backfills", "backfills", limit=limit, query=query)
    return Rows(items, ("id", *COLUMNS[2:]), "id")


@command(
    "backfill get",
    "Show one backfill: the number of its runs by state, and the dates that failed.",
    BACKFILL_ID,
    op="get_backfill",
    uses=("list_backfills", "get_dag_runs"),
    about="The API does not link a run to its backfill. A run belongs to it if its type is backfill, it"
    " has one of its dates, and it was queued after the backfill was created and before any newer"
    " one with that date.",
    examples=("airflowctl backfill get 7",),
)
def get(session: Session, backfill_id: str) -> Record:
    from airflowctl.domain.runs.backfill_report import report_progress

    return report_progress(session, request_backfill(session, "get_backfill", backfill_id))


@command(
    "backfill watch",
    "Watch the runs of a backfill until they end: states, dates, estimated time left; exit 5 if one fails.",
    BACKFILL_ID,
    TIMEOUT,
    op="get_backfill",
    uses=_WATCHING,
    about="In a pipe it prints a line for each change; -o jsonl prints events, -o json the final state."
    " Ctrl-C ends only the watching; the backfill continues.",
    examples=("airflowctl backfill watch 7",),
)
def watch(session: Session, backfill_id: str, timeout: float | None) -> Watch:
    from airflowctl.domain.runs.watch_backfill import watch_backfill

    return watch_backfill(session, request_backfill(session, "get_backfill", backfill_id), timeout)


@command(
    "backfill rerun",
    "Run the failed dates of a backfill again, in a new one.",
    BACKFILL_ID,
    _FOLLOW,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(CLEAR, "backfill", "backfill_id", becomes="run again"),
    op="create_backfill",
    uses=("get_backfill", "create_backfill_dry_run", *_WATCHING),
    undo=undo.CLEAR,
    invalidates=("run", "backfill"),
    about="The new backfill has the parameters and the limit of the old one, from its first failed date"
    " to its last; dates in between that succeeded are not run again. It shows the dates, and asks"
    " first. The runs of a cancelled backfill can start in no other way.",
    examples=("airflowctl backfill rerun 7 --dry-run", "airflowctl backfill rerun 7 --follow"),
)
def rerun(session: Session, backfill_id: str, follow: bool, dry_run: bool) -> Result:
    from airflowctl.domain.runs.backfill_report import confirm_rerun, find_failed_dates

    backfill = request_backfill(session, "get_backfill", backfill_id)
    body = find_failed_dates(session, backfill)
    plan = session.api.record("create_backfill_dry_run", "backfills", body=body)["backfills"] if body else []
    if dry_run or not plan:
        return _dates_table(plan, empty=f"no run of backfill {backfill_id} has failed")
    confirm_rerun(session, backfill, plan)
    new_backfill = session.api.record("create_backfill", "id", body=body)
    return _follow(session, new_backfill) if follow else Record(new_backfill, "id", COLUMNS)


@command(
    "backfill pause",
    "Pause a backfill: it starts no more runs.",
    BACKFILL_ID,
    effect=effect(SWITCH, "backfill", "backfill_id", becomes="paused", repeatable=True),
    op="pause_backfill",
    examples=("airflowctl backfill pause 7",),
)
def pause(session: Session, backfill_id: str) -> Record:
    return _change(session, "pause_backfill", backfill_id)


@command(
    "backfill unpause",
    "Continue a paused backfill.",
    BACKFILL_ID,
    effect=effect(SWITCH, "backfill", "backfill_id", becomes="unpaused", repeatable=True),
    op="unpause_backfill",
    examples=("airflowctl backfill unpause 7",),
)
def unpause(session: Session, backfill_id: str) -> Record:
    return _change(session, "unpause_backfill", backfill_id)


@command(
    "backfill cancel",
    "Cancel a backfill: its queued runs are marked failed, and its running ones finish.",
    BACKFILL_ID,
    effect=effect(MARK, "backfill", "backfill_id", becomes="cancelled", repeatable=True),
    op="cancel_backfill",
    invalidates=("run",),
    # Airflow keeps a cancelled backfill as completed, with no operation that starts it again.
    danger="It cannot be resumed; its queued runs will be marked failed.",
    examples=("airflowctl backfill cancel 7",),
)
def cancel(session: Session, backfill_id: str) -> Record:
    return _change(session, "cancel_backfill", backfill_id)


def _change(session: Session, op: str, backfill_id: str) -> Record:
    return Record(request_backfill(session, op, backfill_id), "id")
