"""`assets list-events`: what happened to assets."""

from __future__ import annotations

from airflowctl.commands.assets import OPTIONAL
from airflowctl.core.command import command, opt
from airflowctl.core.converters import identifier, some_text, timestamp
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.assets.lookup import the_asset
from airflowctl.domain.params import LIMIT_NEWEST
from airflowctl.domain.tasks.lookup import MAP_INDEX

if TYPE_CHECKING:
    from airflowctl.session.session import Session


class EventFilters(NamedTuple):
    """The values of `assets list-events`."""

    asset: str | None
    pattern: str | None
    dag_id: str | None
    task_id: str | None
    run_id: str | None
    map_index: int | None
    after: str | None
    before: str | None
    limit: int | None


@command(
    "assets list-events",
    "List the events of assets, newest first.",
    OPTIONAL._replace(help="Only events of this asset: its number, its name or its URI."),
    opt(
        "--pattern", help="Only events of assets whose name contains this.", convert=some_text, metavar="TEXT"
    ),
    opt("--dag-id", help="Only events from this Dag.", complete="dag", convert=identifier, metavar="DAG_ID"),
    opt(
        "--task-id",
        help="Only events from this task.",
        complete="task",
        convert=identifier,
        metavar="TASK_ID",
    ),
    opt("--run-id", help="Only events from this run.", complete="run", convert=identifier, metavar="RUN_ID"),
    MAP_INDEX._replace(default=None, help="Only events from this instance of a mapped task."),
    opt(
        "--after", help="Only at or after this.", convert=timestamp, metavar="DATE", aliases=("--start-date",)
    ),
    opt(
        "--before", help="Only at or before this.", convert=timestamp, metavar="DATE", aliases=("--end-date",)
    ),
    LIMIT_NEWEST,
    op="get_asset_events",
    uses=("get_asset", "get_assets"),
    aliases=("assets events", "assets events list"),
    examples=(
        "airflowctl assets list-events orders --after -1d",
        "airflowctl assets list-events --dag-id etl --limit 10",
    ),
)
def list_events(session: Session, values: EventFilters) -> Rows:
    asset = the_asset(session, values.asset)["id"] if values.asset else None
    query = {
        "asset_id": asset,
        "name_pattern": values.pattern,
        "source_dag_id": values.dag_id,
        "source_task_id": values.task_id,
        "source_run_id": values.run_id,
        "source_map_index": values.map_index,
        "timestamp_gte": values.after,
        "timestamp_lte": values.before,
        "order_by": "-timestamp",
    }
    items = session.api.pages("get_asset_events", "asset_events", limit=values.limit, query=query)
    columns = ("id", "name", "timestamp", "source_dag_id", "source_task_id", "extra")
    return Rows(items, columns, "id", optional={"source_dag_id": None, "source_task_id": None, "extra": {}})
