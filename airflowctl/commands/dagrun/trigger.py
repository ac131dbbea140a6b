"""`dagrun trigger`: a run of a Dag is started; `dags trigger` is the same."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import identifier, json_member, json_object, some_text, timestamp
from airflowctl.core.effect import CREATES
from airflowctl.core.errors import UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import DAG_ID, FOLLOW, TIMEOUT, WAIT, WATCHING
from airflowctl.domain.runs.trigger_params import merge_params, read_confs, read_param_keys, read_params

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session


_OF_A_DAG = {"dag_id": "dag"}
PARAM = names("param", op="get_dag_details", items="", key="", scope=_OF_A_DAG, read=read_params)
CONF = names("conf", op="get_dag_details", items="", key="", scope=_OF_A_DAG, read=read_confs)
PARAM_KEY = names("param key", op="get_dag_details", items="", key="", scope=_OF_A_DAG, read=read_param_keys)
FIELDS = ("run_after", "note", "partition_key")  # sent as they are named here
_OF_ONE_RUN = (
    "params", "conf", "logical_date", "run_after", "note", "partition_key", "wait", "follow", "timeout",
    "unpause",
)  # fmt: skip
TRIGGERED = ("dag_id", "dag_run_id", "state", "run_type", "logical_date", "run_after", "conf", "note")


class TriggerValues(NamedTuple):
    """The values of `dagrun trigger` and `dags trigger`."""

    dag_id: str
    params: tuple[tuple[str, Any], ...]
    run_id: str | None
    conf: dict[str, Any] | None
    logical_date: str | None
    run_after: str | None
    note: str | None
    partition_key: str | None
    no_replace_microseconds: bool
    wait: bool
    follow: bool
    timeout: float | None
    unpause: bool
    edit: bool
    from_file: str | None
    resume: bool


@command(
    "dagrun trigger",
    "Start a run of a Dag.",
    DAG_ID,
    arg(
        "params",
        "Parameters of the run: NAME=TEXT, or NAME:=JSON for a number, true, null, a list.",
        repeatable=True,
        complete="param key",
        convert=json_member,
        metavar="NAME=TEXT",
    ),
    opt(
        "-r",
        "--run-id",
        aliases=("--dag-run-id",),
        help="Id for the new run; the server generates one if not given.",
        convert=identifier,
        metavar="RUN_ID",
    ),
    opt(
        "-c",
        "--conf",
        help="Parameters of the run, a JSON object; @FILE or - reads it.",
        complete="param",
        convert=json_object,
        metavar="JSON",
    )._replace(refers="@"),
    opt(
        "-l",
        "--logical-date",
        aliases=("--exec-date",),
        help="Logical date; none if not given.",
        convert=timestamp,
        metavar="DATE",
    ),
    opt("--run-after", help="Do not start the run before this time.", convert=timestamp, metavar="DATE"),
    opt("--note", help="A note on the run.", metavar="TEXT"),
    opt(
        "--partition-key",
        help="Partition key of the run.",
        complete="partition",
        convert=some_text,
        metavar="KEY",
        since="3.2",
    ),
    flag("--no-replace-microseconds", help="Accepted: nothing is replaced.", hidden=True, unsupported=True),
    WAIT,
    FOLLOW,
    TIMEOUT._replace(help="With --wait or --follow: give up after this long; exit 3."),
    flag("--unpause", help="Unpause the Dag, so that the run starts."),
    flag("--edit", help="The older spelling of --form.", hidden=True),
    opt(
        "--from-file",
        help="Start a run for each line of this file, a JSON object with conf, logical_date, note and the"
        " like; '-' is standard input.",
        complete="path",
        convert=some_text,
        metavar="FILE",
    ),
    flag("--resume", help="With --from-file: skip the lines whose runs exist."),
    effect=CREATES,
    op="trigger_dag_run",
    undo=undo.PAUSE,
    uses=(*WATCHING, "patch_dag", "get_dag_details"),
    invalidates=("run", "dag"),
    about="Dates without a timezone are UTC. A paused Dag stays paused, and its run waits until it is"
    " unpaused, unless --unpause is given. Ctrl-C ends only the waiting; the run continues. With"
    " --from-file the whole file is checked first; then each line is sent as one request, and a"
    " row shows its outcome. If a line names no run id, the id is made from the file's content, or"
    " from --run-id, and the line's number, so that no line starts two runs.",
    classic="classic_runs:trigger",
    form="trigger_form:fill_run",
    examples=(
        "airflowctl dagrun trigger etl --wait",
        "airflowctl dagrun trigger etl day=2026-11-01 rows:=100",
        "airflowctl dagrun trigger etl --unpause --follow",
        "airflowctl dagrun trigger etl --from-file runs.jsonl",
    ),
)
def trigger(session: Session, values: TriggerValues) -> Record | Rows | Watch:
    from airflowctl.domain.runs.start_run import start_run, unpause_for

    if values.from_file is not None:
        return _trigger_each(session, values, values.from_file)
    if values.resume:
        raise UsageError("--resume is about the lines of a file", "give --from-file too")
    dag_id, conf = values.dag_id, merge_params(values.dag_id, values.conf, values.params)
    # A limit that limits nothing is a slip: the line would return at once, and look as if the run had ended.
    if values.timeout is not None and not (values.wait or values.follow):
        raise UsageError("--timeout says how long to wait", "give --wait or --follow too")
    fields = {"conf": conf, **{name: getattr(values, name) for name in FIELDS}}
    # Before the Dag is unpaused: a run that the server refuses must not let the scheduled ones begin.
    run = start_run(session, dag_id, values.run_id, values.logical_date, fields)
    if values.unpause:
        unpause_for(session, dag_id, run)
    if not (values.follow or values.wait):
        return Record(run, "dag_run_id", TRIGGERED)
    from airflowctl.domain.runs.watch_run import wait_for_end, watch_run

    if values.follow:
        return watch_run(session, dag_id, run, values.timeout)
    return wait_for_end(session, dag_id, run, values.timeout)


def _trigger_each(session: Session, values: TriggerValues, file: str) -> Rows:
    from airflowctl.domain.runs.trigger_file import start_runs

    arguments = values._asdict()
    others = [name for name in _OF_ONE_RUN if arguments[name] not in (None, (), False)]
    if others:
        shown = ", ".join(name.replace("_", "-") for name in others)
        raise UsageError(
            f"{shown} cannot go with --from-file", "each line of the file says that of its own run"
        )
    return start_runs(session, values.dag_id, file, values.run_id, is_resumed=values.resume)
