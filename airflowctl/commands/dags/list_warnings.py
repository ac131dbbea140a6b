"""`dags list-warnings`: what the server warns of in Dags."""

from __future__ import annotations

from airflowctl.core.command import command, opt
from airflowctl.core.converters import identifier
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT_NEWEST

if TYPE_CHECKING:
    from airflowctl.session.session import Session


WARNINGS = ("asset conflict", "non-existent pool", "runtime varying value")


@command(
    "dags list-warnings",
    "List the server's warnings about Dags, newest first.",
    opt("--dag-id", help="Only of this Dag.", complete="dag", convert=identifier, metavar="DAG_ID"),
    opt("--warning-type", help="Only of this type.", choices=WARNINGS, metavar="TYPE"),
    LIMIT_NEWEST,
    op="list_dag_warnings",
    aliases=("dags list-warning", "dags warnings"),
    examples=("airflowctl dags list-warnings --dag-id etl",),
)
def warnings(session: Session, dag_id: str | None, warning_type: str | None, limit: int | None) -> Rows:
    query = {"dag_id": dag_id, "warning_type": warning_type, "order_by": "-timestamp"}
    items = session.api.pages("list_dag_warnings", "dag_warnings", limit=limit, query=query)
    return Rows(items, ("dag_id", "warning_type", "message", "timestamp"), "dag_id", empty="no warnings")
