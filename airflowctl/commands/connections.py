"""Connections to other systems. The server masks their passwords."""

from __future__ import annotations

from airflowctl.core.command import arg, command, names, opt, pattern
from airflowctl.core.result import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import identifier, whole_number

if TYPE_CHECKING:
    from airflowctl.session import Session

CONNECTION = names(
    "connection",
    op="get_connections",
    items="connections",
    key="connection_id",
    search="connection_id_pattern",
    note=("conn_type", "host"),
)


@command(
    "connections list",
    "List the connections.",
    pattern("ids"),
    opt("--limit", help="At most this many.", convert=whole_number, metavar="N"),
    op="get_connections",
)
def list_connections(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"order_by": "connection_id", "connection_id_pattern": pattern}
    items = session.api.pages("get_connections", "connections", limit=limit, query=query)
    columns = ("connection_id", "conn_type", "host", "port", "login", "schema", "description")
    return Rows(items, columns, "connection_id")


@command(
    "connections get",
    "Show one connection; its password and secret extras come masked from the server.",
    arg("conn_id", "Its id.", complete="connection", convert=identifier),
    op="get_connection",
)
def get(session: Session, conn_id: str) -> Record:
    return Record(
        session.api.record("get_connection", "connection_id", connection_id=conn_id), "connection_id"
    )
