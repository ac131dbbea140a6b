"""Edge workers: finding them, and what they were asked to do."""

from __future__ import annotations

from airflowctl.core.converters import identifier
from airflowctl.core.errors import NotFound, TimedOut, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.polling import StateGuard, in_state

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


# As the Edge provider 5.1 names them; a state that is none of these ends a wait after a minute.
WORKER_STATES = (
    "starting", "running", "idle", "shutdown request", "terminating", "offline", "unknown",
    "maintenance request", "maintenance pending", "maintenance mode", "maintenance exit",
    "offline maintenance",
)  # fmt: skip
GONE = ("offline", "offline maintenance", "unknown")
IN_MAINTENANCE = ("maintenance mode", "offline maintenance")
AT_WORK = ("running", "idle", "starting")


def every_worker(session: Session, **query: Any) -> list[dict[str, Any]]:
    """Return all edge workers, with what they say of their slots. Raises NoPlugin where there is no such
    API."""
    records = session.api.pages("edge_worker", "workers", query=query)
    return [
        {"worker_name": record["worker_name"], **record, **_slots(record.get("sysinfo"))}
        for record in records
    ]


def _slots(info: Any) -> dict[str, Any]:
    facts = info if isinstance(info, dict) else {}
    return {name: facts.get(name) for name in ("concurrency", "free_concurrency")}


def the_worker(session: Session, name: str) -> dict[str, Any]:
    """Return one of them. Raises NotFound."""
    records = every_worker(session, worker_name_pattern=name)  # which looks for it as a part
    worker = next((record for record in records if record.get("worker_name") == name), None)
    if worker is None:
        raise NotFound(f"Worker {name} not found")
    return worker


def report_request(
    session: Session, name: str, to_do: str, states: tuple[str, ...], wait: bool, timeout: float | None
) -> Text:
    """Return what was asked of a worker and, after waiting, the state that it came to."""
    if not wait:
        return Text(f"asked {name} {to_do}", {"worker_name": name, "asked": to_do})
    look = f"look again with: {suggest('workers', 'show', name)}"
    session.parts.interrupt_hint = f"no longer waiting; {name} was asked {to_do}; {look}"
    guard = StateGuard(WORKER_STATES)
    worker = in_state(
        session, lambda: the_worker(session, name), states, timeout, lambda state: guard.check(name, state)
    )
    state = str(worker.get("state"))
    if state not in states:
        raise TimedOut(f"{name} was asked {to_do}, and is still in state {state}", look)
    return Text(f"{name} is in state {state}", {"worker_name": name, "asked": to_do, "state": state})


def workers_at_work(session: Session) -> list[dict[str, Any]]:
    """Return the workers that can take a request, each name once, whatever the server lists twice."""
    # One that is gone keeps its row on the server until it is removed, and can take no request.
    at_work = (worker for worker in every_worker(session) if worker.get("state") not in GONE)
    return list({str(worker["worker_name"]): worker for worker in at_work}.values())


def change_queues(session: Session, op: str, done: str, worker_name: str, queues: tuple[str, ...]) -> Rows:
    """Return a request for each: the API takes one at a time. All of the names are looked at before the
    first."""
    names = list(dict.fromkeys(part.strip() for text in queues for part in text.split(",") if part.strip()))
    for name in names:
        try:
            identifier(name)
        except ValueError as error:
            raise UsageError(f"'{name}' is no queue of a worker: {error}") from None
    if not names:
        raise UsageError("no queue is named")
    rows = []
    for name in names:
        session.api.call(op, worker_name=worker_name, queue_name=name)
        rows.append({"worker_name": worker_name, "queue": name, "result": done})
    return Rows(rows, ("worker_name", "queue", "result"), "queue")
