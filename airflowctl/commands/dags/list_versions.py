"""`dags list-versions`: the versions of a Dag."""

from __future__ import annotations

from airflowctl.commands.dags import OF_BUNDLE
from airflowctl.core.command import command, opt
from airflowctl.core.converters import some_text
from airflowctl.core.kinds import names
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT_NEWEST
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


VERSION = names(
    "dag-version",
    op="get_dag_versions",
    items="dag_versions",
    key="version_number",
    scope={"dag_id": "dag"},
    order="-version_number",
    note=("created_at",),
)
BUNDLE_VERSION = names(
    "bundle version",
    op="get_dag_versions",
    items="dag_versions",
    key="bundle_version",
    scope={"dag_id": "dag"},
    order="-version_number",
    note=("created_at",),
)


@command(
    "dags list-versions",
    "List the versions of a Dag, newest first.",
    DAG_ID,
    OF_BUNDLE,
    opt(
        "--bundle-version",
        help="Only versions from this version of the bundle.",
        complete="bundle version",
        convert=some_text,
        metavar="VERSION",
    ),
    LIMIT_NEWEST,
    op="get_dag_versions",
    aliases=("dags list-version", "dags versions", "dags versions list"),
    examples=("airflowctl dags list-versions etl",),
)
def list_versions(
    session: Session, dag_id: str, bundle_name: str | None, bundle_version: str | None, limit: int | None
) -> Rows:
    query = {"bundle_name": bundle_name, "bundle_version": bundle_version, "order_by": VERSION.order}
    items = session.api.pages("get_dag_versions", "dag_versions", limit=limit, query=query, dag_id=dag_id)
    return Rows(items, ("version_number", "bundle_name", "bundle_version", "created_at"), "version_number")
