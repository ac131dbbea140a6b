"""The server's own record of a Dag and its runs, the audit log: who or what set a state, and why."""

from __future__ import annotations

from airflowctl.core.durations import moment
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import index_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from airflowctl.session.session import Session

# What is written for each task that just runs: it fills pages, and says no more than the states do.
_PLAIN = ("running", "success", "failed", "skipped", "up_for_retry", "up_for_reschedule", "deferred")
# What the scheduler itself writes of a task that it fails or skips, in the order of what says most.
_OF_SCHEDULER = (
    "heartbeat timeout", "stuck in queued tries exceeded", "fail task", "skip task", "state mismatch",
)  # fmt: skip
_MARKS = {
    "patch_dag_run": "the run",
    "patch_task_instance": "the task",
    "patch_task_group_instances": "the task's group",
}
_MISMATCH = r"finished with state (\w+), but the task instance's state attribute is (\w+)"
_NEAR = 10.0  # seconds between a request that sets a state and the end that it writes


class Entry(NamedTuple):
    """One entry of the record that says why a task or a run has its state. `words` are a clause."""

    event: str
    words: str
    when: str
    owner: str
    number: int

    @property
    def evidence(self) -> str:
        return f"the server's record {self.number}: {self.event}"


def of_run(session: Session, dag_id: str, run_id: str) -> list[dict[str, Any]]:
    """Return the newest entries about a run and its tasks. Raises CliError."""
    query = {"dag_id": dag_id, "run_id": run_id, "excluded_events": _PLAIN, "order_by": "-when"}
    rows, _ = session.api.page("get_event_logs", "event_logs", {}, query=query)
    return rows


def of_pause(session: Session, dag_id: str) -> Entry | None:
    """Return who or what paused a Dag last. Raises CliError."""
    query = {"dag_id": dag_id, "included_events": ("paused", "patch_dag"), "order_by": "-when"}
    rows, _ = session.api.page("get_event_logs", "event_logs", {}, limit=5, query=query)
    row = next((row for row in rows if "true" in str(row.get("extra")).lower()), None)
    if row is None:
        return None
    who = "the scheduler" if row.get("event") == "paused" else str(row.get("owner") or "a user")
    return _entry(row, f"{who} paused it")


def of_task(rows: Iterable[dict[str, Any]], instance: dict[str, Any]) -> Entry | None:
    """Return what the record says of the end of a task's instance: what the scheduler found, else who set
    its state or that of its run."""
    rows = list(rows)
    own = [row for row in rows if _is_of(row, instance)]
    for event in _OF_SCHEDULER[:-1]:
        for row in own:
            if row.get("event") == event:
                return _entry(row, _sentence(row))
    end = moment(instance.get("end_date"))
    marked = _mark(rows, instance, end) if end else None
    if marked is not None:
        return marked
    # The executor's word that the task ended without telling says the least: it is true of most other ends.
    return next((_entry(row, _sentence(row)) for row in own if row.get("event") == "state mismatch"), None)


def of_run_end(rows: Iterable[dict[str, Any]], run: dict[str, Any]) -> Entry | None:
    """Return who set the state of a run, where a user did."""
    end = moment(run.get("end_date"))
    return _mark(rows, {}, end) if end else None


def _mark(rows: Iterable[dict[str, Any]], instance: dict[str, Any], end: datetime) -> Entry | None:
    task = instance.get("task_id")
    for row in rows:
        noun, when = _MARKS.get(str(row.get("event"))), moment(row.get("when"))
        state = _state(row)
        if noun is None or when is None or not state:
            continue
        if row.get("event") != "patch_dag_run" and (task is None or row.get("task_id") not in (task, None)):
            continue
        # The request is written before it is done; a task that ended long before was not ended by it.
        if -1.0 <= (end - when).total_seconds() <= _NEAR:
            return _entry(row, f"{row.get('owner') or 'a user'} marked {noun} {state}")
    return None


def _state(row: dict[str, Any]) -> str:
    """Return the state that a request has set, which the record keeps as JSON."""
    import json

    try:
        extra = json.loads(str(row.get("extra")))
    except ValueError:
        return ""
    state = (extra.get("state") or extra.get("new_state")) if isinstance(extra, dict) else ""
    return str(state or "")


def _is_of(row: dict[str, Any], instance: dict[str, Any]) -> bool:
    if row.get("task_id") != instance.get("task_id"):
        return False
    index, number = row.get("map_index"), row.get("try_number")
    return index in (None, index_of(instance)) and number in (None, instance.get("try_number"))


def _sentence(row: dict[str, Any]) -> str:
    """Return the first sentences of an entry, without the address of a manual."""
    from re import search

    words = " ".join(str(row.get("extra") or row.get("event")).split())
    if match := search(_MISMATCH, words):
        return (
            f"the executor says that it ended as {match[1]} while its state was {match[2]} (state mismatch)"
        )
    for mark in (" See http", " Learn more", " Extra info"):
        words = words.partition(mark)[0]
    return words.rstrip(". ")


def _entry(row: dict[str, Any], words: str) -> Entry:
    number = row.get("event_log_id")
    return Entry(
        str(row.get("event")),
        words,
        str(row.get("when") or ""),
        str(row.get("owner") or ""),
        number if isinstance(number, int) else 0,
    )


def of_backfill(session: Session, number: str) -> Entry | None:
    """Return who cancelled a backfill. Raises CliError."""
    query = {"included_events": ("cancel_backfill",), "order_by": "-when"}
    rows, _ = session.api.page("get_event_logs", "event_logs", {}, query=query)
    row = next((row for row in rows if _backfill_id(row) == number), None)
    return None if row is None else _entry(row, f"{row.get('owner') or 'a user'} cancelled the backfill")


def _backfill_id(row: dict[str, Any]) -> str:
    import json

    try:
        extra = json.loads(str(row.get("extra")))
    except ValueError:
        return ""
    return str(extra.get("backfill_id") or "") if isinstance(extra, dict) else ""
