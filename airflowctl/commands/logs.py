"""`logs`: the log of one task in a run, or of one instance of a mapped one."""

from __future__ import annotations

from airflowctl.core.command import command, opt
from airflowctl.core.converters import whole_number
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


class LogValues(NamedTuple):
    """The values of `logs`."""

    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    number: int | str | None
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
    TASK_ID,
    RUN_OR_NEWEST,
    MAP_INDEX,
    opt(
        "--try", help="Of this try, or of `all`; the last if not given.", name="number",
        convert=try_number, complete="try", metavar="N",
    ),
    FOLLOW,
    *how(INTERVAL),
    op="get_log",
    uses=(
        "get_task_instance", "get_mapped_task_instance", "get_task_instance_tries",
        "get_mapped_task_instance_tries", "get_dag_runs", "get_dag_run", "get_dag_source", "get_task",
    ),
    about=ABOUT,
    examples=("airflowctl logs etl load -f",),
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
    instance = Instance(dag_id, the_run(session, dag_id, values.run_id), values.task_id, values.map_index)
    made = (
        follow_task(session, instance, number, options)
        if values.follow
        else read(session, instance, number, options)
    )
    return Log(made, form(options), live=values.follow)
