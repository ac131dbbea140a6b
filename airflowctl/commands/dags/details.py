"""`dags details`: all that the server knows of one Dag."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags details",
    "Show all details of one Dag, its parameters and documentation included.",
    DAG_ID,
    op="get_dag_details",
    uses=("get_dag",),
    aliases=("dags get-details",),
    classic="classic_dags:show_dag",
    examples=("airflowctl dags details etl --query params",),
)
def details(session: Session, dag_id: str) -> Record:
    return Record(session.api.record("get_dag_details", "dag_id", dag_id=dag_id), "dag_id")
