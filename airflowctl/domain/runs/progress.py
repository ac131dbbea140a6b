"""What the task instances of a run tell of it: its tasks in the order of the graph, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflowctl.core.durations import moment
from airflowctl.core.task_order import GOING_ON, OVER, overall
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list, index_of, instance_name

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
    """Return a row a task: its state, its newest try, how many of how many mapped instances have ended,
    and for how many seconds it has run."""
    grouped: dict[str, list[Mapping[str, Any]]] = {name: [] for name in order}
    for instance in instances:
        # A run may have tasks that the Dag of today has no more: they come after those that it has.
        grouped.setdefault(str(instance.get("task_id")), []).append(instance)
    return [_row(name, records, now) for name, records in grouped.items() if records]


def _row(task_id: str, records: list[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    is_mapped = any(record.get("map_index", -1) >= 0 for record in records)
    ended = sum(record.get("state") in OVER for record in records)
    return {
        "task_id": task_id,
        "state": overall(record.get("state") for record in records),
        "try_number": max(record.get("try_number") or 0 for record in records),
        "mapped": f"{ended}/{len(records)}" if is_mapped else None,
        "duration": _took(records, now),
    }


def _took(records: list[Mapping[str, Any]], now: datetime) -> float | None:
    """Return the time from the start of the first to the end of the last, or until now; of a single one, what
    the server says."""
    is_running = any(record.get("state") in ("running", "restarting") for record in records)
    if len(records) == 1 and not is_running:
        return _duration(records[0])
    starts = [when for record in records if (when := moment(record.get("start_date")))]
    ends = [now] if is_running else [when for record in records if (when := moment(record.get("end_date")))]
    if not starts or not ends:
        return None
    return max(0.0, (max(ends) - min(starts)).total_seconds())


def _duration(record: Mapping[str, Any]) -> float | None:
    """Return the seconds that an instance took; until it ends, the server tells those of the try before,
    and some servers tell less than none for one that was over before they knew that it had begun."""
    took = record.get("duration") if record.get("state") in (*OVER, "up_for_retry") else None
    return took if isinstance(took, int | float) and took >= 0 else None


def seconds_of(run: Mapping[str, Any], now: datetime) -> float | None:
    """Return for how long a run has been running, in seconds; None before it has started."""
    start = moment(run.get("start_date"))
    end = moment(run.get("end_date")) or now
    return None if start is None else max(0.0, (end - start).total_seconds())


Known = dict[tuple[str, int], tuple[object, object]]


def known_states(instances: Iterable[Mapping[str, Any]]) -> Known:
    """Return the state and the try of each instance."""
    return {key(instance): (instance.get("state"), instance.get("try_number")) for instance in instances}


def key(record: Mapping[str, Any]) -> tuple[str, int]:
    return str(record.get("task_id")), index_of(record)


def changes(before: Known, instances: Iterable[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return an event for each instance that is in another state, or at another try, than it was."""
    records = []
    for instance in instances:
        state, number = instance.get("state"), instance.get("try_number")
        if before.get(key(instance), (None, number)) != (state, number):
            is_kept = key(instance) in before and state in _NEVER_RAN  # an end that an earlier try left
            since = None if is_kept else instance.get(_SINCE.get(state or "", ""))
            names = ("dag_id", "dag_run_id", "task_id", "map_index", "state", "try_number")
            facts = {name: instance.get(name) for name in names}
            records.append({"time": since or zulu(now), **facts, "duration": _duration(instance)})
    return sorted(records, key=lambda event: str(event["time"]))


def zulu(when: datetime) -> str:
    """Return a time as the server writes it."""
    return when.isoformat().replace("+00:00", "Z")


def pending(instances: Sequence[Mapping[str, Any]]) -> str:
    """`2 of 5 tasks have ended; running: load; not started: check`"""
    ended = sum(instance.get("state") in OVER for instance in instances)
    parts = [f"{ended} of {len(instances)} tasks have ended"] if instances else []
    for state in (*GOING_ON, None):
        records = [instance for instance in instances if instance.get("state") == state]
        if records:
            parts.append(
                f"{(state or 'not started').replace('_', ' ')}: {format_list(map(instance_name, records))}"
            )
    return "; ".join(parts)
