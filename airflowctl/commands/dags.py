"""Dags: list, pause and trigger them."""

from __future__ import annotations

from airflowctl.commands.dagrun import DAG_ID, RUN_STATES
from airflowctl.commands.dagrun import trigger as starting
from airflowctl.core.command import command, names, opt, pattern, toggle
from airflowctl.core.result import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import some_text, whole_number

if TYPE_CHECKING:
    from airflowctl.session import Session

DAG = names(
    "dag",
    op="get_dags",
    items="dags",
    key="dag_id",
    search="dag_id_pattern",
    note=("is_paused",),
    fresh=120.0,
)
WANTED = (
    "dag_id", "description", "is_paused", "is_stale", "has_import_errors", "owners", "tags",
    "timetable_summary", "timetable_description", "next_dagrun_run_after", "next_dagrun_logical_date",
    "max_active_runs", "max_active_tasks", "last_parsed_time", "bundle_name", "bundle_version", "fileloc",
)  # fmt: skip


@command(
    "dags list",
    "List the Dags.",
    pattern("ids"),
    opt("--tag", help="Only Dags with this tag, or with any of several.", many=True, convert=some_text),
    opt(
        "--owner",
        help="Only Dags with this in the name of an owner, or with any of several.",
        many=True,
        convert=some_text,
    ),
    opt("--state", help="Only Dags whose last run is in this state.", choices=RUN_STATES),
    toggle("--paused", help="Only paused, or only active Dags."),
    toggle("--stale", help="Also Dags whose file is gone (as the classic CLI does), or not.", default=True),
    opt("-B", "--bundle-name", help="Only Dags of this bundle.", convert=some_text, metavar="NAME"),
    opt("--limit", help="At most this many.", convert=whole_number, metavar="N"),
    op="get_dags",
)
def list_dags(
    session: Session,
    pattern: str | None,
    tag: tuple[str, ...],
    owner: tuple[str, ...],
    state: str | None,
    paused: bool | None,
    stale: bool,
    bundle_name: str | None,
    limit: int | None,
) -> Rows:
    query = {
        "dag_id_pattern": pattern,
        "tags": tag,
        "owners": owner,
        "last_dag_run_state": state,
        "paused": paused,
        "exclude_stale": not stale,
        "bundle_name": bundle_name,
        "order_by": "dag_id",
    }
    columns = ("dag_id", "is_paused", "timetable_summary", "owners", "tags")
    return Rows(session.api.pages("get_dags", "dags", limit=limit, query=query), columns, "dag_id")


@command(
    "dags get",
    "Show one Dag; in a table the facts that a person wants, in other formats all.",
    DAG_ID,
    op="get_dag",
)
def get(session: Session, dag_id: str) -> Record:
    return Record(session.api.record("get_dag", "dag_id", dag_id=dag_id), "dag_id", table=WANTED)


@command(
    "dags details",
    "Show all that the server knows of one Dag, its parameters and documentation included.",
    DAG_ID,
    op="get_dag_details",
)
def details(session: Session, dag_id: str) -> Record:
    return Record(session.api.record("get_dag_details", "dag_id", dag_id=dag_id), "dag_id")


@command(
    "dags pause",
    "Pause a Dag: no new run of it starts.",
    DAG_ID,
    op="patch_dag",
    changes=("dag",),
)
def pause(session: Session, dag_id: str) -> Record:
    return _set_paused(session, dag_id, True)


@command(
    "dags unpause",
    "Let a paused Dag run again.",
    DAG_ID,
    op="patch_dag",
    changes=("dag",),
)
def unpause(session: Session, dag_id: str) -> Record:
    return _set_paused(session, dag_id, False)


trigger = command(
    "dags trigger",
    "Start a run of a Dag.",
    *starting.PARAMS,
    op="trigger_dag_run",
    uses=("get_dag_run",),
    changes=("run",),
    about=starting.ABOUT,
    examples=(
        "airflowctl dags trigger etl",
        'airflowctl dags trigger etl --conf \'{"day": "2026-11-01"}\' --wait',
    ),
)(starting.start)


def _set_paused(session: Session, dag_id: str, paused: bool) -> Record:
    dag = session.api.record("patch_dag", "dag_id", body={"is_paused": paused}, dag_id=dag_id)
    return Record(dag, "dag_id", ("dag_id", "is_paused"))
