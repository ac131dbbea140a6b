"""Starting a run; `dags trigger` is the same."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import identifier, json_object, some_text, timestamp
from airflowctl.core.effect import CREATES
from airflowctl.core.errors import CliError, Conflict, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, FOLLOW, TIMEOUT, WAIT, WATCHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session


def _params(dag: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of `--conf` that the params of a Dag allow: each with its default, and as it may be."""
    import json

    params = {name: given for name, given in (dag.get("params") or {}).items() if isinstance(given, dict)}
    for name, given in params.items():
        schema = given.get("schema") or {}
        kinds = schema.get("type") or type(given.get("value")).__name__
        kind = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
        about = f"{kind}: {given.get('description') or schema.get('title') or 'its default'}"
        values = (given.get("value"), *(schema.get("enum") or schema.get("examples") or ()))
        for text in dict.fromkeys(json.dumps({name: it}, ensure_ascii=False)[1:-1] for it in values):
            yield text, about
            about = kind


def _confs(dag: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """How `--conf` may begin: all params with their defaults, or one of them."""
    first: dict[str, str] = {}
    for text, _ in _params(dag):
        first.setdefault(text.partition(": ")[0], text)
    defaults = ", ".join(first.values())
    if defaults:
        yield "{" + defaults + "}", "all, as they are by default"
    yield from (("{" + text, about) for text, about in _params(dag))


_OF_A_DAG = {"dag_id": "dag"}
PARAM = names("param", op="get_dag_details", items="", key="", scope=_OF_A_DAG, read=_params)
CONF = names("conf", op="get_dag_details", items="", key="", scope=_OF_A_DAG, read=_confs)
TRIGGERED = ("dag_id", "dag_run_id", "state", "run_type", "logical_date", "run_after", "conf", "note")
PARAMS = (
    DAG_ID,
    opt(
        "-r",
        "--run-id",
        also=("--dag-run-id",),
        help="Id for the new run; not given, the server makes one.",
        convert=identifier,
        metavar="RUN_ID",
    ),
    opt(
        "-c",
        "--conf",
        help="Parameters of the run, a JSON object.",
        complete="param",
        convert=json_object,
        metavar="JSON",
    ),
    opt(
        "-l",
        "--logical-date",
        also=("--exec-date",),
        help="Logical date; none if not given.",
        convert=timestamp,
        metavar="DATE",
    ),
    opt("--run-after", help="Do not start before this.", convert=timestamp, metavar="DATE"),
    opt("--note", help="A note on the run.", metavar="TEXT"),
    opt(
        "--partition-key",
        help="The partition it is for.",
        complete="partition",
        convert=some_text,
        metavar="KEY",
        since="3.2",
    ),
    flag("--no-replace-microseconds", help="Accepted: nothing is replaced.", hidden=True),
    WAIT,
    FOLLOW,
    TIMEOUT._replace(help="With --wait or --follow: give up after this long; exit 3."),
    flag("--unpause", help="Let a paused Dag run again, so that the run starts."),
    flag("--edit", help="Fill in the Dag's params in a form; in the shell F4 does the same."),
)
ABOUT = (
    "Dates without a timezone are UTC. A paused Dag stays paused, and its run waits until it is unpaused,"
    " unless --unpause is given. Ctrl-C ends the waiting, never the run."
)
USES = (*WATCHING, "patch_dag", "get_dag_details")


def start(
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
    follow: bool,
    timeout: float | None,
    unpause: bool,
    edit: bool,
) -> Record | Watch:
    from airflowctl.api.models import TriggerBody

    if timeout is not None and not (wait or follow):
        raise UsageError("--timeout says how long to wait", "give --wait or --follow too")
    if edit:
        from airflowctl.domain.runs.trigger_form import filled_in

        conf = filled_in(session, dag_id, conf or {})
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
        error.hint = f"see: {suggest('dagrun', 'list', dag_id)}"
        raise
    if unpause:
        _unpause(session, dag_id, run)
    if not (follow or wait):
        return Record(run, "dag_run_id", TRIGGERED)
    from airflowctl.domain.runs.watch_run import finished, watched

    if follow:
        return watched(session, dag_id, run, timeout)
    return finished(session, dag_id, run, timeout)


def _unpause(session: Session, dag_id: str, run: dict[str, Any]) -> None:
    """After the run was made: a wrong line must not let others start."""
    try:
        if session.api.record("get_dag", "dag_id", dag_id=dag_id).get("is_paused"):
            session.api.call("patch_dag", body={"is_paused": False}, dag_id=dag_id)
            session.output.note(f"{dag_id} was paused, and runs again")
    except CliError as error:
        error.message = f"{run['dag_run_id']} was made, but {dag_id} is not unpaused: {error.message}"
        raise


trigger = command(
    "dagrun trigger",
    "Start a run of a Dag.",
    *PARAMS,
    effect=CREATES,
    op="trigger_dag_run",
    undo=undo.PAUSE,
    uses=USES,
    changes=("run", "dag"),
    about=ABOUT,
    examples=("airflowctl dagrun trigger etl --wait", "airflowctl dagrun trigger etl --unpause --follow"),
)(start)
