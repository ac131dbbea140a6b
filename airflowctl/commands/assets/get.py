"""`assets get-queued-events` and its like: events that a Dag has seen while it waits for others."""

from __future__ import annotations

from airflowctl.commands.assets import ASSET
from airflowctl.core.command import command
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.assets.lookup import the_asset
from airflowctl.domain.assets.queued_events import (
    BEFORE,
    BEFORE_ARGUMENT,
    BY_ASSET,
    OF_DAG,
    ONE,
    fetch_for_asset,
    fetch_for_dag,
    render_queue,
)
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "assets get-queued-events",
    "List the queued events of an asset.",
    ASSET,
    BEFORE,
    op=BY_ASSET,
    uses=("get_asset", "get_assets"),
    aliases=("assets queued-events", "assets queued-events list"),
    examples=("airflowctl assets get-queued-events orders",),
)
def of_asset(session: Session, asset: str, before: str | None) -> Rows:
    return render_queue(fetch_for_asset(session, str(the_asset(session, asset)["id"]), before))


@command(
    "assets get-dag-queued-events",
    "List the queued events of a Dag.",
    DAG_ID,
    BEFORE_ARGUMENT,
    op=OF_DAG,
    uses=("get_dag",),
    examples=("airflowctl assets get-dag-queued-events etl",),
)
def of_dag(session: Session, dag_id: str, before: str | None) -> Rows:
    return render_queue(fetch_for_dag(session, dag_id, before))


@command(
    "assets get-dag-queued-event",
    "Show the queued event of an asset for a Dag.",
    DAG_ID,
    ASSET,
    BEFORE,
    op=ONE,
    uses=("get_asset", "get_assets"),
    examples=("airflowctl assets get-dag-queued-event etl orders",),
)
def of_dag_and_asset(session: Session, dag_id: str, asset: str, before: str | None) -> Record:
    path = {"dag_id": dag_id, "asset_id": str(the_asset(session, asset)["id"])}
    return Record(session.api.record(ONE, "asset_id", query={"before": before}, **path), "asset_id")
