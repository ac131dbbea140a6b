"""`tasks links`: the extra links of a task in a run."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks links",
    "List the extra links of a task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    op="get_extra_links",
    uses=("get_dag_runs",),
    examples=("airflowctl tasks links etl load latest",),
)
def links(session: Session, dag_id: str, task_id: str, run_id: str, map_index: int) -> Rows:
    path = where(session, dag_id, run_id, task_id)
    answer = session.api.record("get_extra_links", "extra_links", query={"map_index": map_index}, **path)
    rows = [{"name": name, "url": url} for name, url in answer["extra_links"].items()]
    return Rows(rows, ("name", "url"), "name")
