"""Pools: how many tasks may run at once."""

from __future__ import annotations

from airflowctl.core.command import arg, command, names, opt, pattern
from airflowctl.core.result import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import slashed_identifier, whole_number

if TYPE_CHECKING:
    from airflowctl.session import Session

POOL = names("pool", op="get_pools", items="pools", key="name", search="pool_name_pattern")
NAME = arg("name", "Its name.", complete="pool", convert=slashed_identifier)
COLUMNS = ("name", "slots", "open_slots", "running_slots", "queued_slots", "description")


@command(
    "pools list",
    "List the pools.",
    pattern("names"),
    opt("--limit", help="At most this many.", convert=whole_number, metavar="N"),
    op="get_pools",
)
def list_pools(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"order_by": "name", "pool_name_pattern": pattern}
    return Rows(session.api.pages("get_pools", "pools", limit=limit, query=query), COLUMNS, "name")


@command(
    "pools get",
    "Show one pool.",
    NAME,
    op="get_pool",
)
def get(session: Session, name: str) -> Record:
    return Record(session.api.record("get_pool", "name", pool_name=name), "name")
