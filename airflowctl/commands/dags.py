"""Dags: list, pause and trigger them."""

from __future__ import annotations

from airflowctl.commands.dagrun import DAG_ID, RUN_STATES, finished
from airflowctl.core.command import command, flag, names, opt, pattern, toggle
from airflowctl.core.errors import Conflict, UsageError
from airflowctl.core.result import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import identifier, json_object, seconds, some_text, timestamp, whole_number

if TYPE_CHECKING:
    from typing import Any

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
TRIGGERED = ("dag_id", "dag_run_id", "state", "run_type", "logical_date", "run_after", "conf", "note")


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


@command(
    "dags trigger",
    "Start a run of a Dag.",
    DAG_ID,
    opt(
        "-r",
        "--run-id",
        "--dag-run-id",
        help="Id for the new run; not given, the server makes one.",
        convert=identifier,
        metavar="ID",
    ),
    opt("-c", "--conf", help="Parameters of the run, a JSON object.", convert=json_object, metavar="JSON"),
    opt("-l", "--logical-date", help="Logical date; none if not given.", convert=timestamp, metavar="DATE"),
    opt("--run-after", help="Do not start before this.", convert=timestamp, metavar="DATE"),
    opt("--note", help="A note on the run.", metavar="TEXT"),
    flag("--wait", help="Wait until the run ends; exit 5 if it fails."),
    opt(
        "--timeout", help="With --wait: give up after this long; exit 3.", convert=seconds, metavar="SECONDS"
    ),
    op="trigger_dag_run",
    changes=("run",),
    about="Dates without a timezone are UTC. A paused Dag stays paused: its run waits until it is unpaused.",
    examples=(
        "airflowctl dags trigger etl",
        'airflowctl dags trigger etl --conf \'{"day": "2026-11-01"}\' --wait',
    ),
)
def trigger(
    session: Session,
    dag_id: str,
    run_id: str | None,
    conf: dict[str, Any] | None,
    logical_date: str | None,
    run_after: str | None,
    note: str | None,
    wait: bool,
    timeout: float | None,
) -> Record:
    from airflowctl.api.models import TriggerBody

    if timeout is not None and not wait:
        raise UsageError("--timeout says how long to wait", "give --wait too")
    given = {"dag_run_id": run_id, "conf": conf, "run_after": run_after, "note": note}
    named = {name: value for name, value in given.items() if value is not None}
    body = TriggerBody.model_validate({"logical_date": logical_date, **named})
    try:
        run = session.api.record("trigger_dag_run", "dag_run_id", body=body.named(), dag_id=dag_id)
    except Conflict as error:
        same = {"run id": run_id, "logical date": logical_date}
        which = " or ".join(f"{what} {text}" for what, text in same.items() if text)
        error.message = f"{dag_id}, {which or 'a new run'}: {error.message}"
        error.hint = f"see: airflowctl dagrun list {dag_id}"
        raise
    if wait:
        return finished(session, dag_id, run, timeout)
    return Record(run, "dag_run_id", TRIGGERED)


def _set_paused(session: Session, dag_id: str, paused: bool) -> Record:
    dag = session.api.record("patch_dag", "dag_id", body={"is_paused": paused}, dag_id=dag_id)
    return Record(dag, "dag_id", ("dag_id", "is_paused"))
