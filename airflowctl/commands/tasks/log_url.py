"""`tasks log-url`: where the log of a task is, if another system keeps it."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import whole_number
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, instance, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks log-url",
    "Print the address of a task's log, if another system stores it.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    arg(
        "number",
        "The log of this try; of the newest if not given.",
        default=None,
        complete="try",
        convert=whole_number,
        metavar="TRY",
    ),
    MAP_INDEX,
    op="get_external_log_url",
    uses=("get_task_instance", "get_mapped_task_instance", "get_dag_runs"),
    examples=("airflowctl tasks log-url etl load latest",),
)
def log_url(
    session: Session, dag_id: str, task_id: str, run_id: str, number: int | None, map_index: int
) -> Text:
    path = where(session, dag_id, run_id, task_id)
    number = instance(session, path, map_index)["try_number"] if number is None else number
    answer = session.api.record(
        "get_external_log_url", "url", query={"map_index": map_index}, try_number=str(number), **path
    )
    return Text(str(answer["url"]), answer)
