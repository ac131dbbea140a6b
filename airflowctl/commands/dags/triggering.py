"""Starting a run of a Dag."""

from __future__ import annotations

from airflowctl.commands.dagrun import DAG_ID, finished
from airflowctl.core.command import command, flag, opt
from airflowctl.core.errors import Conflict, UsageError
from airflowctl.core.result import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import identifier, json_object, seconds, some_text, timestamp

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session import Session

TRIGGERED = ("dag_id", "dag_run_id", "state", "run_type", "logical_date", "run_after", "conf", "note")


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
    opt(
        "-l",
        "--logical-date",
        help="Logical date; none if not given.",
        convert=timestamp,
        metavar="DATE",
        also=("--exec-date",),
    ),
    opt("--run-after", help="Do not start before this.", convert=timestamp, metavar="DATE"),
    opt("--note", help="A note on the run.", metavar="TEXT"),
    opt("--partition-key", help="The partition to run.", convert=some_text, metavar="KEY", since="3.2"),
    flag("--no-replace-microseconds", help="Accepted: nothing is replaced.")._replace(hidden=True),
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
    partition_key: str | None,
    no_replace_microseconds: bool,
    wait: bool,
    timeout: float | None,
) -> Record:
    from airflowctl.api.models import TriggerBody

    if timeout is not None and not wait:
        raise UsageError("--timeout says how long to wait", "give --wait too")
    given = {
        "dag_run_id": run_id,
        "conf": conf,
        "run_after": run_after,
        "note": note,
        "partition_key": partition_key,
    }
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
