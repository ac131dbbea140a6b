"""What the task instances of a run tell of it: its tasks in the order of the graph, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflowctl.core.durations import moment
from airflowctl.core.task_order import GOING_ON, OVER, overall
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import index_of, listed, named

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

COLUMNS = ("task_id", "state", "try_number", "mapped", "duration")
CHANGED = ("time", "task_id", "map_index", "state", "try_number", "duration")
# The field that tells since when an instance is in a state.
_SINCE = {
    "scheduled": "scheduled_when",
    "queued": "queued_when",
    "running": "start_date",
    "up_for_retry": "end_date",
    **dict.fromkeys(OVER, "end_date"),
}
_NEVER_RAN = ("upstream_failed", "skipped", "removed")


def rows_of(
    order: Sequence[str], instances: Sequence[Mapping[str, Any]], now: datetime
) -> list[dict[str, Any]]:
    """A row a task: its state, its newest try, how many of how many mapped instances have ended, and for how
    many seconds it has run."""
    grouped: dict[str, list[Mapping[str, Any]]] = {name: [] for name in order}
    for one in instances:
        grouped.setdefault(str(one.get("task_id")), []).append(one)
    return [_row(name, found, now) for name, found in grouped.items() if found]


def _row(task_id: str, found: list[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    is_mapped = any(one.get("map_index", -1) >= 0 for one in found)
    ended = sum(one.get("state") in OVER for one in found)
    return {
        "task_id": task_id,
        "state": overall(one.get("state") for one in found),
        "try_number": max(one.get("try_number") or 0 for one in found),
        "mapped": f"{ended}/{len(found)}" if is_mapped else None,
        "duration": _took(found, now),
    }


def _took(found: list[Mapping[str, Any]], now: datetime) -> float | None:
    """From the start of the first to the end of the last, or until now; of one, what the server says."""
    going_on = any(one.get("state") in ("running", "restarting") for one in found)
    if len(found) == 1 and not going_on:
        return _told(found[0])
    starts = [when for one in found if (when := moment(one.get("start_date")))]
    ends = [now] if going_on else [when for one in found if (when := moment(one.get("end_date")))]
    if not starts or not ends:
        return None
    return max(0.0, (max(ends) - min(starts)).total_seconds())


def _told(one: Mapping[str, Any]) -> float | None:
    """The seconds that an instance took; until it ends, the server tells those of the try before, and some
    servers tell less than none for one that was over before they knew that it had begun."""
    took = one.get("duration") if one.get("state") in (*OVER, "up_for_retry") else None
    return took if isinstance(took, int | float) and took >= 0 else None


def seconds_of(run: Mapping[str, Any], now: datetime) -> float | None:
    """For how long a run has gone on, in seconds; None before it has started."""
    start = moment(run.get("start_date"))
    end = moment(run.get("end_date")) or now
    return None if start is None else max(0.0, (end - start).total_seconds())


Known = dict[tuple[str, int], tuple[object, object]]


def known(instances: Iterable[Mapping[str, Any]]) -> Known:
    """The state and the try of each instance."""
    return {key(one): (one.get("state"), one.get("try_number")) for one in instances}


def key(one: Mapping[str, Any]) -> tuple[str, int]:
    return str(one.get("task_id")), index_of(one)


def changes(before: Known, instances: Iterable[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """An event for each instance that is in another state, or at another try, than it was."""
    found = []
    for one in instances:
        state, number = one.get("state"), one.get("try_number")
        if before.get(key(one), (None, number)) != (state, number):
            is_kept = key(one) in before and state in _NEVER_RAN  # an end that an earlier try left
            since = None if is_kept else one.get(_SINCE.get(state or "", ""))
            names = ("dag_id", "dag_run_id", "task_id", "map_index", "state", "try_number")
            told = {name: one.get(name) for name in names}
            found.append({"time": since or zulu(now), **told, "duration": _told(one)})
    return sorted(found, key=lambda event: str(event["time"]))


def zulu(when: datetime) -> str:
    """A time as the server writes it."""
    return when.isoformat().replace("+00:00", "Z")


def pending(instances: Sequence[Mapping[str, Any]]) -> str:
    """`2 of 5 tasks have ended; running: load; not started: check`"""
    ended = sum(one.get("state") in OVER for one in instances)
    parts = [f"{ended} of {len(instances)} tasks have ended"] if instances else []
    for state in (*GOING_ON, None):
        found = [one for one in instances if one.get("state") == state]
        if found:
            parts.append(f"{(state or 'not started').replace('_', ' ')}: {listed(map(named, found))}")
    return "; ".join(parts)
