"""Queued events: those that a Dag has seen while it still waits for others."""

from __future__ import annotations

from airflowctl.core.command import arg, opt
from airflowctl.core.converters import timestamp
from airflowctl.core.errors import NotFound
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


WHEN = "Only events before this."
BEFORE = opt("--before", help=WHEN, convert=timestamp, metavar="DATE")
BEFORE_ARGUMENT = arg("before", WHEN, default=None, convert=timestamp, aliases=("--before",))
COLUMNS = ("dag_id", "asset_id", "created_at")
BY_ASSET, OF_DAG, ONE = (
    "get_asset_queued_events", "get_dag_asset_queued_events", "get_dag_asset_queued_event",
)  # fmt: skip


def fetch_for_asset(session: Session, asset_id: str, before: str | None) -> list[dict[str, Any]]:
    """Return the queued events of an asset that is known to exist: a 404 says that it has none."""
    try:
        return list(session.api.pages(BY_ASSET, "queued_events", query={"before": before}, asset_id=asset_id))
    except NotFound:
        return []


def fetch_for_dag(session: Session, dag_id: str, before: str | None) -> list[dict[str, Any]]:
    """Return the queued events of a Dag. Raises NotFound where there is no such Dag: servers say the same, a
    404 or an empty list, of one without events."""
    try:
        records = list(session.api.pages(OF_DAG, "queued_events", query={"before": before}, dag_id=dag_id))
    except NotFound:
        records = []
    if not records:
        session.api.record("get_dag", "dag_id", dag_id=dag_id)
    return records


def render_queue(records: list[dict[str, Any]]) -> Rows:
    return Rows(records, COLUMNS, "asset_id", empty="there are no queued events")


def render_deletion(records: list[dict[str, Any]]) -> Text:
    return Text(f"deleted {format_queue_size(records)}", {"deleted": len(records)})


def format_queue_size(records: list[dict[str, Any]]) -> str:
    return format_count(len(records), "queued event")
