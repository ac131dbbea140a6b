"""`logs`: the log of one task in a run, or of one instance of a mapped one."""

from __future__ import annotations

from airflowctl.core.command import command, opt
from airflowctl.core.converters import whole_number
from airflowctl.core.effect import READS
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.logs.log_options import ABOUT, ALL, FOLLOW, INTERVAL, LogOptions, form, how
from airflowctl.domain.runs.lookup import DAG_ID, RUN_OR_NEWEST, the_run
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Log
    from airflowctl.session.session import Session


def try_number(text: str) -> int | str:
    """`2` -> 2, or `all`."""
    if text == ALL:
        return ALL
    if (number := whole_number(text)) == 0:
        raise ValueError("tries are counted from 1")
    return number


def run_count(text: str) -> int:
    """Return how many runs, at least one and not more than can be read."""
    if not 1 <= (number := whole_number(text)) <= 100:
        raise ValueError("must be from 1 to 100")
    return number


class LogValues(NamedTuple):
    """The values of `logs`."""

    dag_id: str
    task_id: str | None
    run_id: str | None
    map_index: int
    number: int | str | None
    last: int | None
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
    "logs",
    "Print the log of a task in a run, or follow it until the task ends.",
    DAG_ID,
    TASK_ID._replace(required=False, default=None, help="The task; with --last, all tasks if not given."),
    RUN_OR_NEWEST._replace(default=None),
    MAP_INDEX,
    opt(
        "--try", help="The log of this try, or of `all`; of the last if not given.", name="number",
        convert=try_number, complete="try", metavar="N",
    ),
    opt(
        "--last", help="Logs of this many of the last runs, the oldest first.", convert=run_count,
        metavar="N",
    ),
    FOLLOW,
    *how(INTERVAL),
    effect=READS,
    op="get_log",
    uses=(
        "get_task_instance", "get_mapped_task_instance", "get_task_instance_tries",
        "get_mapped_task_instance_tries", "get_dag_runs", "get_dag_run", "get_dag_source", "get_task",
        "get_task_instances_batch",
    ),
    about=f"{ABOUT} With --last, --tail applies to each run.",
    examples=(
        "airflowctl logs etl load -f",
        "airflowctl logs etl load --last 10 --grep timeout",
        "airflowctl logs etl --last 5 --level error",
    ),
)  # fmt: skip
def logs(session: Session, values: LogValues) -> Log:
    from airflowctl.core.rich_results import Log
    from airflowctl.domain.logs.task_log import follow_task, read
    from airflowctl.domain.logs.try_log import Instance

    options = LogOptions(
        values.level, values.grep, values.since, values.tail, values.raw, values.unfold, values.logger,
        values.interval,
    )  # fmt: skip
    dag_id, number = values.dag_id, values.number
    if values.last is not None:
        return _of_last_runs(session, values, values.last, options)
    if values.task_id is None:
        raise UsageError("missing TASK_ID", f"for all tasks of a run: {suggest('dagrun', 'logs', dag_id)}")
    run_id = the_run(session, dag_id, values.run_id or "latest")
    instance = Instance(dag_id, run_id, values.task_id, values.map_index)
    log = (
        follow_task(session, instance, number, options)
        if values.follow
        else read(session, instance, number, options)
    )
    return Log(log, form(options), live=values.follow)


def _of_last_runs(session: Session, values: LogValues, count: int, options: LogOptions) -> Log:
    from airflowctl.core.rich_results import Log
    from airflowctl.domain.logs.several_runs import LastRuns, read_last_runs

    if values.run_id is not None or values.follow or isinstance(values.number, int):
        raise UsageError("--last is about several runs", "leave the run, --follow and --try N out")
    wanted = LastRuns(values.dag_id, count, values.task_id, values.map_index, values.number == ALL)
    return Log(read_last_runs(session, wanted, options), form(options, named=True))
