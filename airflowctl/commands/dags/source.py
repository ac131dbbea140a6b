"""`dags source`: the source of a Dag, as the server has it."""

from __future__ import annotations

from airflowctl.core.command import command, opt
from airflowctl.core.converters import whole_number
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags source",
    "Print the source of a Dag, as the server stores it.",
    DAG_ID,
    opt("--version", name="version_number", help="The source of this version; of the newest if not"
        " given.",
        complete="dag-version", convert=whole_number, metavar="N", aliases=("--version-number",)),
    op="get_dag_source",
    examples=("airflowctl dags source etl",),
)  # fmt: skip
def source(session: Session, dag_id: str, version_number: int | None) -> Text:
    query = {"version_number": version_number}
    record = session.api.record("get_dag_source", "content", query=query, dag_id=dag_id)
    return Text(record["content"] or "", record)
