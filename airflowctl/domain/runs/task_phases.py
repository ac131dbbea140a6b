"""What a try of a task did when: queued, running, waiting with its slot given back."""

from __future__ import annotations

from airflowctl.core.durations import moment
from airflowctl.core.errors import CliError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import index_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from airflowctl.session.session import Session

QUEUED, RUNNING, WAITING = "queued", "running", "waiting"
WAITS = ("deferred", "awaiting_input", "up_for_reschedule")  # states in which a task has no slot
MOST_LOGS = 10  # that are read for one picture
# What the task's process logs first each time it starts, and last when it gives its slot back.
_BEGINS = "DAG bundles loaded"
_GIVES_BACK = ("Pausing task as DEFERRED", "marking task as UP_FOR_RESCHEDULE")


def may_have_waited(record: dict[str, Any]) -> bool:
    """Return whether the log of a try may tell of waiting: the API has only the last start of a sensor."""
    return record.get("state") in WAITS or "Sensor" in str(record.get("operator"))


def read_phases(session: Session, path: dict[str, Any], record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the phases of a try by its log; by its record where that tells nothing or cannot be read."""
    from airflowctl.domain.logs.try_log import Instance, Try

    number = int(record.get("try_number") or 0)
    where = Instance(path["dag_id"], path["dag_run_id"], str(record["task_id"]), index_of(record))
    try:
        events = (line.event for line in Try(session, where, number).whole()) if number else ()
        looks = find_looks(events)
    except CliError:
        looks = []
    return list_phases(record, looks)


def find_looks(events: Iterable[Any]) -> list[tuple[str, str | None]]:
    """Return when the task's process began and when it gave its slot back, each time, by the log's events."""
    looks: list[tuple[str, str | None]] = []
    for event in events:
        words, when = str(event.get("event", "")), event.get("timestamp")
        if not isinstance(when, str):
            continue
        if words.startswith(_BEGINS):
            looks.append((when, None))
        elif looks and looks[-1][1] is None and any(mark in words for mark in _GIVES_BACK):
            looks[-1] = looks[-1][0], when
    return looks


def list_phases(record: dict[str, Any], looks: Sequence[tuple[str, str | None]] = ()) -> list[dict[str, Any]]:
    """Return the phases of a try, in their order; `until` is None where one has not ended."""
    if any(end for _, end in looks):
        return _phases_of_log(record, looks)
    queued, start, end = (record.get(name) for name in ("queued_when", "start_date", "end_date"))
    phases = []
    if queued and (not start or _is_before(queued, start)):
        phases.append(_phase(QUEUED, queued, start or end))
    if not start:
        return phases
    gave_back = _gave_back(record)
    if gave_back is None:
        return [*phases, _phase(RUNNING, start, end)]
    ran = [_phase(RUNNING, start, gave_back)] if gave_back != start else []
    return [*phases, *ran, _phase(WAITING, gave_back, None)]


def _phases_of_log(record: dict[str, Any], looks: Sequence[tuple[str, str | None]]) -> list[dict[str, Any]]:
    phases = []
    queued = record.get("queued_when")
    # The time in the queue is that of the last look, where there were several.
    if queued and _is_before(queued, looks[0][0]):
        phases.append(_phase(QUEUED, queued, looks[0][0]))
    over = None if record.get("state") in WAITS else record.get("end_date")
    for index, (begin, gave_back) in enumerate(looks):
        following = looks[index + 1][0] if index + 1 < len(looks) else over
        phases.append(_phase(RUNNING, begin, gave_back or following))
        if gave_back:
            phases.append(_phase(WAITING, gave_back, following))
    return phases


def _gave_back(record: dict[str, Any]) -> str | None:
    """Return since when an instance waits without a slot; None where it does not."""
    state = record.get("state")
    if state not in WAITS:
        return None
    fields = {"deferred": (record.get("trigger") or {}).get("created_date"),
              "up_for_reschedule": record.get("end_date")}  # fmt: skip
    return str(fields.get(str(state)) or record.get("start_date"))


def _phase(name: str, begin: str, until: str | None) -> dict[str, Any]:
    return {"phase": name, "from": begin, "until": until}


def _is_before(first: object, second: object) -> bool:
    begin, end = moment(first), moment(second)
    return begin is not None and end is not None and begin < end
