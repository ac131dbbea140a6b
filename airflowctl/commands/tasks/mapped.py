"""`tasks mapped`: the instances of a mapped task in a run."""

from __future__ import annotations

from airflowctl.commands.tasks import EITHER
from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.instance_list import InstanceFilters
from airflowctl.domain.tasks.lookup import TASK_ID, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks mapped",
    "List the instances of a mapped task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    *EITHER,
    LIMIT,
    op="get_mapped_task_instances",
    uses=("get_dag_runs",),
    examples=("airflowctl tasks mapped etl load latest",),
)
def list_mapped(session: Session, values: InstanceFilters) -> Rows:
    query = {**{param.name: getattr(values, param.name) for param in EITHER}, "order_by": "map_index"}
    path = where(session, values.dag_id, values.run_id, str(values.task_id))
    op = "get_mapped_task_instances"
    items = session.api.pages(op, "task_instances", limit=values.limit, query=query, **path)
    columns = ("map_index", "rendered_map_index", "state", "try_number", "start_date", "duration")
    return Rows(items, columns, "map_index", optional={"rendered_map_index": None})
