"""Steering edge workers: maintenance, queues, slots, and their end."""

from __future__ import annotations

from airflowctl.commands.workers import (
    AT_WORK,
    GONE,
    IN_MAINTENANCE,
    TIMEOUT,
    WAIT,
    WORKER_NAME,
    asked,
    every_worker,
)
from airflowctl.core.command import arg, command
from airflowctl.core.converters import identifier, some_text, whole_number
from airflowctl.core.effect import CHANGE, DELETE, SWITCH, effect
from airflowctl.core.errors import CliError, NotFound, ServerRefused, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.bulk_results import FAILED, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.session.session import Session

COMMENT = arg("comment", "Why.", convert=some_text, also=("-c", "--comment", "--comments"))
QUEUES = arg(
    "queues", "The queue, or several, also as A,B.", many=True, required=True,
    complete="queue", convert=some_text, also=("-q", "--queues"),
)  # fmt: skip


def slots(text: str) -> int:
    number = whole_number(text)
    if number == 0:
        raise ValueError("must be 1 or more: a worker with none is one in maintenance")
    return number


@command(
    "workers maintenance on",
    "Ask an edge worker to take no more tasks; those that run go on to their end.",
    WORKER_NAME,
    COMMENT,
    WAIT,
    TIMEOUT,
    effect=effect(SWITCH, "worker", "worker_name", becomes="put into maintenance"),
    op="edge_request_worker_maintenance",
    uses=("edge_worker",),
    changes=("worker",),
    examples=('airflowctl workers maintenance on rack7 "new disks" --wait',),
    also=("workers remote-edge-worker-request-maintenance",),
)
def maintenance_on(
    session: Session, worker_name: str, comment: str, wait: bool, timeout: float | None
) -> Text:
    body = {"maintenance_comment": comment}
    session.api.call("edge_request_worker_maintenance", worker_name=worker_name, body=body)
    return asked(session, worker_name, "to go into maintenance", IN_MAINTENANCE, wait, timeout)


@command(
    "workers maintenance off",
    "Ask an edge worker in maintenance to take tasks again.",
    WORKER_NAME,
    WAIT,
    TIMEOUT,
    effect=effect(SWITCH, "worker", "worker_name", becomes="taken out of maintenance"),
    op="edge_exit_worker_maintenance",
    uses=("edge_worker",),
    changes=("worker",),
    also=("workers remote-edge-worker-exit-maintenance",),
    examples=("airflowctl workers maintenance off edge-1",),
)
def maintenance_off(session: Session, worker_name: str, wait: bool, timeout: float | None) -> Text:
    session.api.call("edge_exit_worker_maintenance", worker_name=worker_name)
    return asked(session, worker_name, "to leave maintenance", (*AT_WORK, *GONE), wait, timeout)


@command(
    "workers maintenance comment",
    "Write another comment on the maintenance of an edge worker.",
    WORKER_NAME,
    COMMENT,
    effect=effect(CHANGE, "comment on worker", "worker_name", becomes="overwritten"),
    op="edge_update_worker_maintenance",
    changes=("worker",),
    also=("workers remote-edge-worker-update-maintenance-comment",),
    examples=("airflowctl workers maintenance comment edge-1 'until the disk is changed'",),
)
def maintenance_comment(session: Session, worker_name: str, comment: str) -> Text:
    body = {"maintenance_comment": comment}
    session.api.call("edge_update_worker_maintenance", worker_name=worker_name, body=body)
    return Text(f"wrote the comment of {worker_name}", {"worker_name": worker_name, "comment": comment})


@command(
    "workers queues add",
    "Let an edge worker serve more queues.",
    WORKER_NAME,
    QUEUES,
    effect=effect(SWITCH, "queue", "queues", "worker_name", becomes="added"),
    op="edge_add_worker_queue",
    changes=("worker",),
    examples=("airflowctl workers queues add rack7 gpu",),
    also=("workers add-worker-queues",),
)
def queues_add(session: Session, worker_name: str, queues: tuple[str, ...]) -> Rows:
    return _queues(session, "edge_add_worker_queue", "added", worker_name, queues)


@command(
    "workers queues remove",
    "Let an edge worker no longer serve queues.",
    WORKER_NAME,
    QUEUES,
    effect=effect(DELETE, "queue", "queues", "worker_name", becomes="removed"),
    op="edge_remove_worker_queue",
    changes=("worker",),
    about="Without any queue it serves them all.",
    also=("workers remove-worker-queues",),
    examples=("airflowctl workers queues remove edge-1 gpu",),
)
def queues_remove(session: Session, worker_name: str, queues: tuple[str, ...]) -> Rows:
    return _queues(session, "edge_remove_worker_queue", "removed", worker_name, queues)


def _queues(session: Session, op: str, done: str, worker_name: str, queues: tuple[str, ...]) -> Rows:
    """A request for each: the API takes one at a time. All of the names are looked at before the first."""
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


@command(
    "workers concurrency",
    "Set how many tasks an edge worker runs at a time.",
    WORKER_NAME,
    arg("concurrency", "How many.", convert=slots, also=("-c", "--concurrency"), metavar="N"),
    effect=effect(SWITCH, "concurrency of worker", "worker_name"),
    op="edge_set_worker_concurrency_limit",
    changes=("worker",),
    also=("workers set-worker-concurrency",),
    examples=("airflowctl workers concurrency edge-1 8",),
)
def set_concurrency(session: Session, worker_name: str, concurrency: int) -> Text:
    body = {"concurrency": concurrency}
    session.api.call("edge_set_worker_concurrency_limit", worker_name=worker_name, body=body)
    return asked(session, worker_name, f"to run {concurrency} at a time", (), False, None)


@command(
    "workers shutdown",
    "Ask an edge worker to end, once the tasks that it runs have ended.",
    WORKER_NAME,
    WAIT,
    TIMEOUT,
    effect=effect(DELETE, "worker", "worker_name", becomes="shut down"),
    op="edge_request_worker_shutdown",
    uses=("edge_worker",),
    changes=("worker",),
    about="It is started again on its own machine.",
    also=("workers shutdown-remote-edge-worker",),
    examples=("airflowctl workers shutdown edge-1",),
)
def shutdown(session: Session, worker_name: str, wait: bool, timeout: float | None) -> Text:
    session.api.call("edge_request_worker_shutdown", worker_name=worker_name)
    return asked(session, worker_name, "to shut down", GONE, wait, timeout)


def _names_at_work(session: Session, _values: Mapping[str, Any]) -> list[str]:
    return [str(worker["worker_name"]) for worker in _at_work(session)]


def _at_work(session: Session) -> Iterator[dict[str, Any]]:
    return (worker for worker in every_worker(session) if worker.get("state") not in GONE)


@command(
    "workers shutdown-all",
    "Ask all edge workers to end, once the tasks that they run have ended.",
    effect=effect(DELETE, "worker", becomes="shut down", look=_names_at_work),
    op="edge_worker",
    uses=("edge_request_worker_shutdown",),
    changes=("worker",),
    danger="No edge worker will take tasks; each is started again on its own machine.",
    also=("workers shutdown-all-workers",),
    examples=("airflowctl workers shutdown-all",),
)
def shutdown_all(session: Session) -> Rows:
    rows: list[dict[str, Any]] = []
    for worker in _at_work(session):
        name, reason = str(worker["worker_name"]), None
        try:
            session.api.call("edge_request_worker_shutdown", worker_name=name)
        except ServerRefused as problem:
            if problem.status >= 500:
                raise
            reason = problem.message
        rows.append({"worker_name": name, "result": FAILED if reason else "asked", "reason": reason})
    return outcomes(rows, "worker_name", empty="no worker is up")


@command(
    "workers remove",
    "Forget an edge worker that has ended.",
    WORKER_NAME,
    effect=effect(DELETE, "worker", "worker_name", becomes="removed"),
    op="edge_delete_worker",
    changes=("worker",),
    also=("workers remove-remote-edge-worker",),
    examples=("airflowctl workers remove edge-1",),
)
def remove(session: Session, worker_name: str) -> Text:
    try:
        session.api.call("edge_delete_worker", worker_name=worker_name)
    except CliError as error:
        if error.status == 400 and not isinstance(error, NotFound):
            error.hint = (
                error.hint or f"end it first: {suggest('workers', 'shutdown', worker_name, '--wait')}"
            )
        raise
    return Text(f"removed {worker_name}", {"removed": worker_name})
