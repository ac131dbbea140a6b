"""`dagrun logs`: the logs of a run's tasks as one."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import regex
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.logs.log_options import ABOUT, ALL, FOLLOW, LogOptions, form, how
from airflowctl.domain.runs.lookup import DAG_ID, RUN_OR_NEWEST, the_run

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Log
    from airflowctl.session.session import Session


_INTERVAL = 0.25  # seconds from one request to the next, of which each is for one task


class RunLogValues(NamedTuple):
    """The values of `dagrun logs`."""

    dag_id: str
    run_id: str
    task: tuple[Any, ...]
    failed: bool
    number: str | None
    follow: bool
    level: str | None
    grep: Any | None
    since: str | None
    tail: int | None
    raw: bool
    unfold: bool
    logger: bool
    interval: float


@command(
    "dagrun logs",
    "Print the logs of a run's tasks in order of time, or follow the run until it ends.",
    DAG_ID,
    RUN_OR_NEWEST,
    opt(
        "--task", help="Only tasks whose id contains this, or any of several.", repeatable=True,
        convert=regex, complete="task", metavar="REGEX",
    ),
    flag("--failed", help="Only tasks that failed."),
    opt("--try", help="`all` for every try of a task; the last if not given.", name="number", choices=(ALL,)),
    FOLLOW,
    *how(_INTERVAL),
    op="get_task_instances",
    uses=(
        "get_log", "get_dag_runs", "get_dag_run", "get_dag_source", "get_task_instance_tries",
        "get_mapped_task_instance_tries",
    ),
    about=f"Prints the last try of each task, or with --try all every try. {ABOUT}",
    examples=(
        "airflowctl dagrun logs etl latest -f",
        "airflowctl dagrun logs etl --failed --level warning",
        "airflowctl dagrun logs etl --try all --grep refused",
    ),
)  # fmt: skip
def logs(session: Session, values: RunLogValues) -> Log:
    from airflowctl.core.rich_results import Log
    from airflowctl.domain.logs.run_log_command import follow_run, read
    from airflowctl.domain.logs.run_logs import Selection

    options = LogOptions(
        values.level, values.grep, values.since, values.tail, values.raw, values.unfold, values.logger,
        values.interval,
    )  # fmt: skip
    if values.follow and values.number:
        raise UsageError("--follow shows each try from now on", "leave --try all out")
    dag_id, picked = values.dag_id, Selection(values.task, values.failed)
    run_id = the_run(session, dag_id, values.run_id)
    lines = (
        follow_run(session, dag_id, run_id, picked, options)
        if values.follow
        else read(session, dag_id, run_id, picked, options, values.number == ALL)
    )
    return Log(lines, form(options, named=True), live=values.follow)
