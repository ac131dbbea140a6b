"""`dags get-version`: one version of a Dag."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import identifier
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags get-version",
    "Show one version of a Dag.",
    DAG_ID,
    arg("version_number", "The number of the version.", complete="dag-version", convert=identifier),
    op="get_dag_version",
    aliases=("dags versions get",),
    examples=("airflowctl dags get-version etl 2",),
)
def get_version(session: Session, dag_id: str, version_number: str) -> Record:
    path = {"dag_id": dag_id, "version_number": version_number}
    return Record(session.api.record("get_dag_version", "version_number", **path), "version_number")
