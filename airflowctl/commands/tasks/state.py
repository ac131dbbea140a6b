"""`tasks state`: the state of a task in a run."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import BUNDLE, MAP_INDEX, TASK_ID, instance, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks state",
    "Print the state of a task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    BUNDLE,
    op="get_task_instance",
    uses=("get_mapped_task_instance", "get_dag_runs"),
    classic="classic_tasks:show_state",
    examples=("airflowctl tasks state etl load latest",),
)
def state(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, bundle_name: tuple[str, ...]
) -> Text:
    record = instance(session, where(session, dag_id, run_id, task_id), map_index)
    return Text(str(record["state"]), record)
