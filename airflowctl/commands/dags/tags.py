"""`dags tags`: the tags that Dags have."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT, pattern

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags tags",
    "List the tags of the Dags.",
    pattern("tags"),
    LIMIT,
    op="get_dag_tags",
    aliases=("dags get-tags", "dags list-tags"),
    examples=("airflowctl dags tags --pattern team",),
)
def tags(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"order_by": "name", "tag_name_pattern": pattern}
    return Rows(session.api.pages("get_dag_tags", "tags", limit=limit, query=query), ("name",), "name")
