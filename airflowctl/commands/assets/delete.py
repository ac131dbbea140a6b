"""`assets delete-queued-events` and its like: queued events are deleted."""

from __future__ import annotations

from airflowctl.commands.assets import ASSET
from airflowctl.core.command import ALWAYS, command
from airflowctl.core.effect import DELETE, effect
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list
from airflowctl.domain.assets.lookup import the_asset
from airflowctl.domain.assets.queued_events import (
    BEFORE,
    BEFORE_ARGUMENT,
    BY_ASSET,
    OF_DAG,
    ONE,
    fetch_for_asset,
    fetch_for_dag,
    format_queue_size,
    render_deletion,
    render_queue,
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
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "queued event", repeatable=True),
    op="delete_asset_queued_events",
    uses=(BY_ASSET, "get_asset", "get_assets"),
    aliases=("assets queued-events delete",),
    about="It asks first. Dags that wait for several assets then wait for this one again.",
    examples=("airflowctl assets delete-queued-events orders --before -1d",),
)
def delete_of_asset(session: Session, asset: str, before: str | None, dry_run: bool) -> Result:
    asset_id = str(the_asset(session, asset)["id"])
    records = fetch_for_asset(session, asset_id, before)
    if dry_run or not records:
        return render_queue(records)
    dags = format_list(str(event["dag_id"]) for event in records)
    warning = f"{format_queue_size(records)} of {asset} would be deleted. They are for: {dags}"
    session.console.confirm(warning, "assets delete-queued-events")
    session.api.call("delete_asset_queued_events", query={"before": before}, asset_id=asset_id)
    return render_deletion(records)


@command(
    "assets delete-dag-queued-events",
    "Delete all queued events of a Dag.",
    DAG_ID,
    BEFORE_ARGUMENT,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "queued event", repeatable=True),
    op="delete_dag_asset_queued_events",
    uses=(OF_DAG, "get_dag"),
    about="It asks first. The Dag then waits for all of its assets again.",
    examples=("airflowctl assets delete-dag-queued-events etl",),
)
def delete_of_dag(session: Session, dag_id: str, before: str | None, dry_run: bool) -> Result:
    # Some servers answer 404 where there are none, others an empty list; it is read so that both are the
    # same.
    records = fetch_for_dag(session, dag_id, before)
    if dry_run or not records:
        return render_queue(records)
    session.console.confirm(
        f"{format_queue_size(records)} of {dag_id} would be deleted.", "assets delete-dag-queued-events"
    )
    session.api.call("delete_dag_asset_queued_events", query={"before": before}, dag_id=dag_id)
    return render_deletion(records)


@command(
    "assets delete-queued-event",
    "Delete the queued event of an asset for one Dag.",
    DAG_ID,
    ASSET,
    BEFORE,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "queued event", repeatable=True),
    op="delete_dag_asset_queued_event",
    uses=(ONE, "get_asset", "get_assets"),
    aliases=("assets delete-dag-queued-event",),
    about="It asks first.",
    examples=("airflowctl assets delete-queued-event etl orders",),
)
def delete_one(session: Session, dag_id: str, asset: str, before: str | None, dry_run: bool) -> Result:
    path = {"dag_id": dag_id, "asset_id": str(the_asset(session, asset)["id"])}
    records = [session.api.record(ONE, "asset_id", query={"before": before}, **path)]
    if dry_run:
        return render_queue(records)
    session.console.confirm(
        f"The event of {asset} for {dag_id} would be deleted.", "assets delete-queued-event"
    )
    session.api.call("delete_dag_asset_queued_event", query={"before": before}, **path)
    return render_deletion(records)
