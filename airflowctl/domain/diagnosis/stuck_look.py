"""What is asked of a server for all that may be stuck: one request with a filter for each kind."""

from __future__ import annotations

from airflowctl.core.durations import seconds_since
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.diagnosis.triage import EVERYWHERE
from airflowctl.domain.parallel import Part, together
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from airflowctl.session.session import Session

QUEUED = 60.0  # seconds in which a worker takes a task up, or a scheduler a run
DEEP = 5  # Dags or tasks of which more is asked: a request each
PAGE = 100
RUNNING = "running"


class Look(NamedTuple):
    """What was seen of all Dags: the parts of the answer, each with the newest or oldest of its kind. `left`
    is how many of a part were not looked at, where the server has more of them."""

    now: datetime
    queued_runs: Part
    running_runs: Part
    queued: Part
    scheduled: Part
    deferred: Part
    running: Part
    questions: Part
    pools: Part
    due: Part
    assets: Part
    left: dict[str, int]


def look_at_all(session: Session) -> Look:
    from datetime import UTC, datetime

    api = session.api

    left: dict[str, int] = {}

    def first(name: str, op: str, items: str, path: dict[str, str], **query: Any) -> Callable[[], Any]:
        def look() -> list[dict[str, Any]]:
            rows, total = api.page(op, items, path, limit=PAGE, query=query)
            if total is not None and total > len(rows):
                left[name] = total - len(rows)
            return rows

        return look

    def instances(name: str, state: str, order: str = "start_date") -> Callable[[], Any]:
        where = (name, "get_task_instances", "task_instances", EVERYWHERE)
        return first(*where, state=(state,), order_by=order)

    def runs(name: str, state: str, order: str) -> Callable[[], Any]:
        return first(name, "get_dag_runs", "dag_runs", {"dag_id": ALL_DAGS}, state=(state,), order_by=order)

    parts = together({
        "queued_runs": runs("queued_runs", "queued", "run_after"),
        "running_runs": runs("running_runs", "running", "start_date"),
        "queued": instances("queued", "queued", "run_after"),
        "scheduled": instances("scheduled", "scheduled", "run_after"),
        "deferred": instances("deferred", "deferred"),
        "running": instances("running", "running"),
        "questions": lambda: _questions(session),
        "pools": lambda: {pool.get("name"): pool for pool in api.pages("get_pools", "pools")},
        "due": lambda: _next_due(session, left),
        "assets": lambda: _asset_dags(session),
    })  # fmt: skip
    errors = [part.error for part in parts.values() if part.error]
    # Nothing was seen: a refused token, say, must not look like a deployment in which all moves.
    if len(errors) == len(parts):
        raise errors[0]
    now = datetime.now(UTC)
    # They come in the order of their next run: behind one that is not due none is.
    last = (parts["due"].value or [{}])[-1].get("next_dagrun_run_after")
    if (seconds_since(last, now) or 0.0) <= QUEUED:
        left.pop("due", None)
    if (later := len(parts[RUNNING].value or ()) - DEEP) > 0:
        left[RUNNING] = left.get(RUNNING, 0) + later
    return Look(now, **parts, left=left)


def _next_due(session: Session, left: dict[str, int]) -> list[dict[str, Any]]:
    """Return the Dags whose next run is the earliest. Databases differ in whether those without a next run
    come first: then the first that has one is searched for, in as few requests as can be."""
    query = {"paused": False, "order_by": "next_dagrun"}

    def page(limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        rows, total = session.api.page("get_dags", "dags", {}, limit=limit, offset=offset, query=query)
        return rows, total or 0

    rows, total = page(PAGE, 0)
    offset = 0
    if rows and total > len(rows) and not any(row.get("next_dagrun_run_after") for row in rows):
        offset, end = len(rows), total
        while offset < end:
            middle = (offset + end) // 2
            middle_rows, _ = page(1, middle)
            if middle_rows and not middle_rows[0].get("next_dagrun_run_after"):
                offset = middle + 1
            else:
                end = middle
        rows = page(PAGE, offset)[0] if offset < total else []
    if total > offset + len(rows):
        left["due"] = total - offset - len(rows)
    return rows


def _questions(session: Session) -> list[dict[str, Any]]:
    try:
        session.require_op("get_hitl_details")
    except UsageError:  # an Airflow without questions to users
        return []
    query = {"response_received": False}
    return session.api.page("get_hitl_details", "hitl_details", EVERYWHERE, limit=PAGE, query=query)[0]


def _asset_dags(session: Session) -> list[dict[str, Any]]:
    from airflowctl.api.operations import version_key

    if version_key(session.api.version()) < (3, 1):  # older servers would pass over the filter
        return []
    query = {"has_asset_schedule": True, "paused": False}
    return session.api.page("get_dags", "dags", {}, limit=PAGE, query=query)[0]
