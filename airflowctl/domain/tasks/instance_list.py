"""The instances that the filters of a line leave."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.sorted_limit import OF_INSTANCES, fetch_sorted, take_top

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


class InstanceFilters(NamedTuple):
    """The values of commands that list instances, named as the parameters of the query they become."""

    dag_id: str
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
    task_id: str | None
    limit: int | None
    # `tasks mapped` has none of these: its operation takes no such filter.
    task_display_name_pattern: str | None = None
    task_group_id: str | None = None
    map_index: tuple[int, ...] = ()
    top: int | None = None


def fetch_instances(session: Session, order: str, values: InstanceFilters) -> Any:
    query: dict[str, Any] = values._asdict()
    path = {"dag_id": query.pop("dag_id"), "dag_run_id": query.pop("run_id")}
    session, limit = take_top(session, query.pop("limit"), query.pop("top"))

    def fetch(by: Any, most: int | None) -> Any:
        ordered = {**query, "order_by": by}
        return session.api.pages("get_task_instances", "task_instances", limit=most, query=ordered, **path)

    return fetch_sorted(session, order, OF_INSTANCES, limit, fetch)
