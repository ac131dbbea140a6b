"""`logs`: the log of one task in a run, or of one instance of a mapped one."""

from __future__ import annotations

from airflowctl.commands.dagrun import DAG_ID, RUN_OR_NEWEST, the_run
from airflowctl.commands.logs import ABOUT, ALL, FOLLOW, INTERVAL, form, how
from airflowctl.commands.tasks import MAP_INDEX, TASK_ID
from airflowctl.core.command import command, opt
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import whole_number

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.display import Log
    from airflowctl.session import Session


def try_number(text: str) -> int | str:
    """`2` -> 2, or `all`."""
    if text == ALL:
        return ALL
    if (number := whole_number(text)) == 0:
        raise ValueError("tries are counted from 1")
    return number


SUMMARY = "Print the log of a task in a run, or follow it until the task ends."
PARAMS = (
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
)  # fmt: skip
FACTS: dict[str, Any] = {
    "op": "get_log",
    "uses": (
        "get_task_instance", "get_mapped_task_instance", "get_task_instance_tries",
        "get_mapped_task_instance_tries", "get_dag_runs", "get_dag_run", "get_dag_source", "get_task",
    ),
    "about": ABOUT,
}  # fmt: skip


def show(session: Session, **given: Any) -> Log:
    from airflowctl.commands.logs._one import followed, read
    from airflowctl.commands.logs._reading import Instance
    from airflowctl.core.display import Log

    dag_id, number = given["dag_id"], given["number"]
    one = Instance(dag_id, the_run(session, dag_id, given["run_id"]), given["task_id"], given["map_index"])
    made = followed(session, one, given) if given["follow"] else read(session, one, number, given)
    return Log(made, form(given), live=given["follow"])


logs = command("logs", SUMMARY, *PARAMS, **FACTS, examples=("airflowctl logs etl load -f",))(show)
