"""`assets delete-queued-events` and its like: queued events are deleted."""

from __future__ import annotations

from airflowctl.commands.assets import ASSET
from airflowctl.core.command import ALWAYS, command
from airflowctl.core.effect import DELETE, effect
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import listed
from airflowctl.domain.assets.lookup import the_asset
from airflowctl.domain.assets.queued_events import (
    BEFORE,
    BEFORE_ARGUMENT,
    BY_ASSET,
    OF_DAG,
    ONE,
    count_queued,
    fetch_for_asset,
    fetch_for_dag,
    list_queued,
    report_deleted,
)
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "assets delete-queued-events",
    "Delete the queued events of an asset, for all Dags.",
    ASSET,
    BEFORE,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(DELETE, "queued event"),
    op="delete_asset_queued_events",
    uses=(BY_ASSET, "get_asset", "get_assets"),
    also=("assets queued-events delete",),
    about="It asks first. Dags that wait for several assets wait for this one again.",
    examples=("airflowctl assets delete-queued-events orders --before -1d",),
)
def delete_of_asset(session: Session, asset: str, before: str | None, dry_run: bool) -> Result:
    asset_id = str(the_asset(session, asset)["id"])
    found = fetch_for_asset(session, asset_id, before)
    if dry_run or not found:
        return list_queued(found)
    dags = listed(str(event["dag_id"]) for event in found)
    warning = f"{count_queued(found)} of {asset} would be deleted. They are for: {dags}"
    session.console.confirm(warning, "assets delete-queued-events")
    session.api.call("delete_asset_queued_events", query={"before": before}, asset_id=asset_id)
    return report_deleted(found)


@command(
    "assets delete-dag-queued-events",
    "Delete all queued events of a Dag.",
    DAG_ID,
    BEFORE_ARGUMENT,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(DELETE, "queued event"),
    op="delete_dag_asset_queued_events",
    uses=(OF_DAG, "get_dag"),
    about="It asks first. The Dag waits for all of its assets again.",
    examples=("airflowctl assets delete-dag-queued-events etl",),
)
def delete_of_dag(session: Session, dag_id: str, before: str | None, dry_run: bool) -> Result:
    found = fetch_for_dag(session, dag_id, before)
    if dry_run or not found:
        return list_queued(found)
    session.console.confirm(
        f"{count_queued(found)} of {dag_id} would be deleted.", "assets delete-dag-queued-events"
    )
    session.api.call("delete_dag_asset_queued_events", query={"before": before}, dag_id=dag_id)
    return report_deleted(found)


@command(
    "assets delete-queued-event",
    "Delete the queued event of an asset for one Dag.",
    DAG_ID,
    ASSET,
    BEFORE,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(DELETE, "queued event"),
    op="delete_dag_asset_queued_event",
    uses=(ONE, "get_asset", "get_assets"),
    also=("assets delete-dag-queued-event",),
    about="It asks first.",
    examples=("airflowctl assets delete-queued-event etl orders",),
)
def delete_one(session: Session, dag_id: str, asset: str, before: str | None, dry_run: bool) -> Result:
    path = {"dag_id": dag_id, "asset_id": str(the_asset(session, asset)["id"])}
    found = [session.api.record(ONE, "asset_id", query={"before": before}, **path)]
    if dry_run:
        return list_queued(found)
    session.console.confirm(
        f"The event of {asset} for {dag_id} would be deleted.", "assets delete-queued-event"
    )
    session.api.call("delete_dag_asset_queued_event", query={"before": before}, **path)
    return report_deleted(found)
