"""`tasks mapped`: the instances of a mapped task in a run."""

from __future__ import annotations

from airflowctl.commands.tasks import EITHER
from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import LIMIT
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import TASK_ID, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


class MappedFilters(NamedTuple):
    """The values of `tasks mapped`, named as the parameters of the query they become."""

    dag_id: str
    task_id: str
    run_id: str
    state: tuple[str, ...]
    start_date_gte: str | None
    start_date_lte: str | None
    end_date_gte: str | None
    end_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    logical_date_gte: str | None
    logical_date_lte: str | None
    updated_at_gte: str | None
    updated_at_lte: str | None
    duration_gte: float | None
    duration_lte: float | None
    pool: tuple[str, ...]
    queue: tuple[str, ...]
    executor: tuple[str, ...]
    operator: tuple[str, ...]
    version_number: tuple[int, ...]
    try_number: tuple[int, ...]
    limit: int | None


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
def list_mapped(session: Session, values: MappedFilters) -> Rows:
    query = {**values._asdict(), "order_by": "map_index"}
    path = where(session, query.pop("dag_id"), query.pop("run_id"), query.pop("task_id"))
    limit = query.pop("limit")
    op = "get_mapped_task_instances"
    items = session.api.pages(op, "task_instances", limit=limit, query=query, **path)
    columns = ("map_index", "rendered_map_index", "state", "try_number", "start_date", "duration")
    return Rows(items, columns, "map_index", optional={"rendered_map_index": None})
