"""Workers of the Edge executor: what they do, and steering them. Here: what names one, and waiting for it."""

from __future__ import annotations

from airflowctl.core.command import arg, flag, opt
from airflowctl.core.converters import identifier, seconds
from airflowctl.core.errors import Interrupted, NotFound, TimedOut
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.polling import in_state

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

MODULES = ("look", "steer")  # in the order of help
WORKER_STATES = (
    "starting", "running", "idle", "shutdown request", "terminating", "offline", "unknown",
    "maintenance request", "maintenance pending", "maintenance mode", "maintenance exit",
    "offline maintenance",
)  # fmt: skip
GONE = ("offline", "offline maintenance", "unknown")
IN_MAINTENANCE = ("maintenance mode", "offline maintenance")
AT_WORK = ("running", "idle", "starting")
WORKER_NAME = arg(
    "worker_name", "The worker.", complete="worker", convert=identifier, also=("-H", "--edge-hostname")
)
WAIT = flag("-w", "--wait", help="Wait until the worker has done so; these are requests that it takes up.")
TIMEOUT = opt(
    "--timeout", help="With --wait: give up after this long; exit 3.", convert=seconds, metavar="SECONDS"
)


def every_worker(session: Session, **query: Any) -> list[dict[str, Any]]:
    """All edge workers, with what they say of their slots. Raises NoPlugin where there is no such API."""
    found = session.api.pages("edge_worker", "workers", query=query)
    return [{"worker_name": None, **one, **_slots(one.get("sysinfo"))} for one in found]


def _slots(info: Any) -> dict[str, Any]:
    told = info if isinstance(info, dict) else {}
    return {name: told.get(name) for name in ("concurrency", "free_concurrency")}


def the_worker(session: Session, name: str) -> dict[str, Any]:
    """One of them. Raises NotFound."""
    found = every_worker(session, worker_name_pattern=name)  # which looks for it as a part
    worker = next((one for one in found if one.get("worker_name") == name), None)
    if worker is None:
        raise NotFound(f"Worker {name} not found")
    return worker


def asked(
    session: Session, name: str, to_do: str, states: tuple[str, ...], wait: bool, timeout: float | None
) -> Text:
    """What was asked of a worker and, after waiting, the state that it came to."""
    if not wait:
        return Text(f"asked {name} {to_do}", {"worker_name": name, "asked": to_do})
    look = f"look again with: {suggest('workers', 'show', name)}"
    try:
        state = str(in_state(session, lambda: the_worker(session, name), states, timeout).get("state"))
    except KeyboardInterrupt:
        raise Interrupted(f"no longer waiting; {name} was asked {to_do}", look) from None
    if state not in states:
        raise TimedOut(f"{name} was asked {to_do}, and is still in state {state}", look)
    return Text(f"{name} is in state {state}", {"worker_name": name, "asked": to_do, "state": state})
