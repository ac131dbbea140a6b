"""What the task instances of a run tell of it: its tasks in the order of the graph, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

OVER = ("success", "failed", "upstream_failed", "skipped", "removed")
GOING_ON = (
    "scheduled", "queued", "running", "restarting", "up_for_retry", "up_for_reschedule", "deferred",
    "awaiting_input",
)  # fmt: skip
# Of the instances of a mapped task, the state of the first in this order is that of the task.
_TELLING = (
    "failed", "upstream_failed", "awaiting_input", "up_for_retry", "running", "restarting", "deferred",
    "up_for_reschedule", "queued", "scheduled", None, "success", "skipped", "removed",
)  # fmt: skip
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
MOST = 5  # names in a sentence


def in_order(tasks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of a Dag's tasks, each after those that it follows, and what hangs together side by side."""
    follow = {str(task["task_id"]): sorted(task.get("downstream_task_ids") or ()) for task in tasks}
    waits_for = dict.fromkeys(follow, 0)
    for names in follow.values():
        for name in names:
            waits_for[name] = waits_for.get(name, 0) + 1
    ready = [name for name in reversed(follow) if not waits_for[name]]
    found = []
    while ready:
        found.append(name := ready.pop())
        for later in reversed(follow.get(name, ())):
            waits_for[later] -= 1
            if not waits_for[later]:
                ready.append(later)
    return [*found, *(name for name in follow if name not in set(found))]


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
    states = {one.get("state") for one in found}
    is_mapped = any(one.get("map_index", -1) >= 0 for one in found)
    ended = sum(one.get("state") in OVER for one in found)
    return {
        "task_id": task_id,
        "state": next((state for state in _TELLING if state in states), None),
        "try_number": max(one.get("try_number") or 0 for one in found),
        "mapped": f"{ended}/{len(found)}" if is_mapped else None,
        "duration": _took(found, now),
    }


def _took(found: list[Mapping[str, Any]], now: datetime) -> float | None:
    """From the start of the first to the end of the last, or until now; of one, what the server says."""
    going_on = any(one.get("state") in ("running", "restarting") for one in found)
    if len(found) == 1 and not going_on:
        return _told(found[0])
    starts = [moment for one in found if (moment := _moment(one.get("start_date")))]
    ends = [now] if going_on else [moment for one in found if (moment := _moment(one.get("end_date")))]
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
    start = _moment(run.get("start_date"))
    end = _moment(run.get("end_date")) or now
    return None if start is None else max(0.0, (end - start).total_seconds())


def _moment(text: object) -> datetime | None:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


Known = dict[tuple[str, int], tuple[object, object]]


def known(instances: Iterable[Mapping[str, Any]]) -> Known:
    """The state and the try of each instance."""
    return {key(one): (one.get("state"), one.get("try_number")) for one in instances}


def key(one: Mapping[str, Any]) -> tuple[str, int]:
    return str(one.get("task_id")), int(one.get("map_index", -1))


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


def zulu(moment: datetime) -> str:
    """A time as the server writes it."""
    return moment.isoformat().replace("+00:00", "Z")


def named(one: Mapping[str, Any]) -> str:
    """`load`, or `read[1]` for an instance of a mapped task."""
    name, index = key(one)
    return name if index < 0 else f"{name}[{index}]"


def listed(instances: Iterable[Mapping[str, Any]]) -> str:
    """`load, read[1] and 3 more`"""
    names = [named(one) for one in instances]
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def pending(instances: Sequence[Mapping[str, Any]]) -> str:
    """`2 of 5 tasks have ended; running: load; not started: check`"""
    ended = sum(one.get("state") in OVER for one in instances)
    parts = [f"{ended} of {len(instances)} tasks have ended"] if instances else []
    for state in (*GOING_ON, None):
        found = [one for one in instances if one.get("state") == state]
        if found:
            parts.append(f"{(state or 'not started').replace('_', ' ')}: {listed(found)}")
    return "; ".join(parts)
