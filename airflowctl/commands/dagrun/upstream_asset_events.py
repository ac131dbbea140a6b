"""`dagrun upstream-asset-events`: the asset events that started a run."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, the_run

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dagrun upstream-asset-events",
    "List the asset events that started a run.",
    DAG_ID,
    RUN_ID,
    op="get_upstream_asset_events",
    uses=("get_dag_runs",),
    examples=("airflowctl dagrun upstream-asset-events etl latest",),
)
def upstream_asset_events(session: Session, dag_id: str, run_id: str) -> Rows:
    run_id = the_run(session, dag_id, run_id)
    events = session.api.pages("get_upstream_asset_events", "asset_events", dag_id=dag_id, dag_run_id=run_id)
    return Rows(events, ("id", "name", "source_dag_id", "source_task_id", "source_run_id", "timestamp"), "id")
