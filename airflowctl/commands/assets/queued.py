"""Queued events: those that a Dag has seen while it still waits for others."""

from __future__ import annotations

from airflowctl.commands.assets.catalogue import ASSET, the_asset
from airflowctl.core.command import ALWAYS, DRY_RUN, arg, command, opt
from airflowctl.core.converters import timestamp
from airflowctl.core.effect import DELETE, effect
from airflowctl.core.errors import NotFound
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import counted, listed
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session

WHEN = "Only events before this."
BEFORE = opt("--before", help=WHEN, convert=timestamp, metavar="DATE")
BEFORE_ARGUMENT = arg("before", WHEN, default=None, convert=timestamp, also=("--before",))
COLUMNS = ("dag_id", "asset_id", "created_at")
BY_ASSET, OF_DAG, ONE = (
    "get_asset_queued_events", "get_dag_asset_queued_events", "get_dag_asset_queued_event",
)  # fmt: skip


@command(
    "assets get-queued-events",
    "List the queued events of an asset.",
    ASSET,
    BEFORE,
    op=BY_ASSET,
    uses=("get_asset", "get_assets"),
    also=("assets queued-events", "assets queued-events list"),
    examples=("airflowctl assets get-queued-events orders",),
)
def of_asset(session: Session, asset: str, before: str | None) -> Rows:
    return _rows(_of_asset(session, str(the_asset(session, asset)["id"]), before))


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
    return _rows(_of_dag(session, dag_id, before))


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
def one(session: Session, dag_id: str, asset: str, before: str | None) -> Record:
    path = {"dag_id": dag_id, "asset_id": str(the_asset(session, asset)["id"])}
    return Record(session.api.record(ONE, "asset_id", query={"before": before}, **path), "asset_id")


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
    found = _of_asset(session, asset_id, before)
    if dry_run or not found:
        return _rows(found)
    dags = listed(str(event["dag_id"]) for event in found)
    warning = f"{_events(found)} of {asset} would be deleted. They are for: {dags}"
    session.console.confirm(warning, "assets delete-queued-events")
    session.api.call("delete_asset_queued_events", query={"before": before}, asset_id=asset_id)
    return _deleted(found)


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
    found = _of_dag(session, dag_id, before)
    if dry_run or not found:
        return _rows(found)
    session.console.confirm(
        f"{_events(found)} of {dag_id} would be deleted.", "assets delete-dag-queued-events"
    )
    session.api.call("delete_dag_asset_queued_events", query={"before": before}, dag_id=dag_id)
    return _deleted(found)


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
        return _rows(found)
    session.console.confirm(
        f"The event of {asset} for {dag_id} would be deleted.", "assets delete-queued-event"
    )
    session.api.call("delete_dag_asset_queued_event", query={"before": before}, **path)
    return _deleted(found)


def _of_asset(session: Session, asset_id: str, before: str | None) -> list[dict[str, Any]]:
    """The asset is known to exist: the server's 404 says that there is no event."""
    try:
        return list(session.api.pages(BY_ASSET, "queued_events", query={"before": before}, asset_id=asset_id))
    except NotFound:
        return []


def _of_dag(session: Session, dag_id: str, before: str | None) -> list[dict[str, Any]]:
    """Servers say the same, a 404 or an empty list, of a Dag without events and of an unknown one."""
    try:
        found = list(session.api.pages(OF_DAG, "queued_events", query={"before": before}, dag_id=dag_id))
    except NotFound:
        found = []
    if not found:
        session.api.record("get_dag", "dag_id", dag_id=dag_id)
    return found


def _rows(found: list[dict[str, Any]]) -> Rows:
    return Rows(found, COLUMNS, "asset_id", empty="there are no queued events")


def _deleted(found: list[dict[str, Any]]) -> Text:
    return Text(f"deleted {_events(found)}", {"deleted": len(found)})


def _events(found: list[dict[str, Any]]) -> str:
    return counted(len(found), "queued event")
