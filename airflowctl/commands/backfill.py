"""Backfills: runs of a Dag for dates that are past."""

from __future__ import annotations

from airflowctl.core.command import arg, command, opt, toggle
from airflowctl.core.converters import identifier, json_object, timestamp, whole_number
from airflowctl.core.effect import CLEAR, MARK, READS, SWITCH, effect
from airflowctl.core.errors import NotFound
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import DRY_RUN, LIMIT_NEWEST
from airflowctl.domain.runs.lookup import DAG_ID, ON_LATEST_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.core.rich_results import Result
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
    "Its number, from backfill list.",
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
    opt("--max-active-runs", help="At most so many at once; the server's default is 10.",
        convert=whole_number, metavar="N"),
    opt("--reprocess-behavior", help="Which dates that have a run already run again; none if not given.",
        choices=("none", "completed", "failed")),
    toggle("--run-backwards", help="Begin with the last date.", no_help="Begin with the first date."),
    ON_LATEST_VERSION,
)  # fmt: skip
FIELDS = (
    "dag_id", "from_date", "to_date", "dag_run_conf", "max_active_runs", "reprocess_behavior",
    "run_backwards", "run_on_latest_version",
)  # fmt: skip
COLUMNS = ("id", "dag_id", "from_date", "to_date", "is_paused", "completed_at")


def _dates(session: Session, values: Mapping[str, Any]) -> list[str]:
    """For which it would run: they are counted before a person agrees."""
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
    dry_run: bool


@command(
    "backfill create",
    "Run a Dag for dates that are past.",
    *WHAT,
    DRY_RUN,
    effect=effect(CLEAR, "run", "dag_id", becomes="created or run again", look=_dates),
    op="create_backfill",
    uses=("create_backfill_dry_run",),
    invalidates=("run", "backfill"),
    deprecated_lines=("dags backfill",),
    about="Dates without a timezone are UTC. A Dag has one backfill at a time.",
    classic="classic_runs:create_backfill",
    examples=("airflowctl backfill create etl --from-date 2026-11-01 --to-date 2026-11-07 --dry-run",),
)
def create(session: Session, values: CreateValues) -> Result:
    if values.dry_run:
        return _plan(session, values._asdict())
    return Record(session.api.record("create_backfill", "id", body=_body(values._asdict())), "id", COLUMNS)


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
    columns = ("logical_date", "partition_key", "partition_date")
    optional = {"partition_key": None, "partition_date": None}
    return Rows(rows, columns, "logical_date", optional=optional, empty="there is no date to run it for")


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
    "Show one backfill.",
    BACKFILL_ID,
    op="get_backfill",
    examples=("airflowctl backfill get 7",),
)
def get(session: Session, backfill_id: str) -> Record:
    return _one(session, "get_backfill", backfill_id)


@command(
    "backfill pause",
    "Let a backfill start no more runs.",
    BACKFILL_ID,
    effect=effect(SWITCH, "backfill", "backfill_id", becomes="paused", repeatable=True),
    op="pause_backfill",
    examples=("airflowctl backfill pause 7",),
)
def pause(session: Session, backfill_id: str) -> Record:
    return _one(session, "pause_backfill", backfill_id)


@command(
    "backfill unpause",
    "Let a paused backfill go on.",
    BACKFILL_ID,
    effect=effect(SWITCH, "backfill", "backfill_id", becomes="unpaused", repeatable=True),
    op="unpause_backfill",
    examples=("airflowctl backfill unpause 7",),
)
def unpause(session: Session, backfill_id: str) -> Record:
    return _one(session, "unpause_backfill", backfill_id)


@command(
    "backfill cancel",
    "End a backfill: its queued runs are marked failed, those that run end.",
    BACKFILL_ID,
    effect=effect(MARK, "backfill", "backfill_id", becomes="cancelled", repeatable=True),
    op="cancel_backfill",
    invalidates=("run",),
    # Airflow keeps a cancelled backfill as completed, with no operation that starts it again.
    danger="It cannot be taken up again; its queued runs will be marked failed.",
    examples=("airflowctl backfill cancel 7",),
)
def cancel(session: Session, backfill_id: str) -> Record:
    return _one(session, "cancel_backfill", backfill_id)


def _one(session: Session, op: str, backfill_id: str) -> Record:
    try:
        return Record(session.api.record(op, "id", backfill_id=backfill_id), "id")
    except NotFound as error:  # the server does not say which
        error.message = f"there is no backfill {backfill_id}"
        error.hint = f"see: {suggest('backfill', 'list', 'DAG_ID')}"
        raise
