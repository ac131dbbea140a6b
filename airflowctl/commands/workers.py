"""Workers: list them, and control those of the Edge executor."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import columns, identifier, seconds, some_text, whole_number
from airflowctl.core.effect import CHANGE, DELETE, SWITCH, effect
from airflowctl.core.errors import CliError, NotFound, PluginMissing, ServerRefused
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.bulk_results import FAILED, outcomes
from airflowctl.domain.tasks.lookup import TASK_STATES, UNMAPPED
from airflowctl.domain.workers.edge import (
    AT_WORK,
    GONE,
    IN_MAINTENANCE,
    WORKER_STATES,
    change_queues,
    every_worker,
    report_request,
    the_worker,
    workers_at_work,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.session.session import Session


WORKER = names(
    "worker",
    op="edge_worker",
    items="workers",
    key="worker_name",
    search="worker_name_pattern",
    note=("state",),
    fresh=5.0,
)
COLUMNS = ("worker_name", "state", "queues", "jobs_active", "concurrency", "last_heartbeat")

WORKER_NAME = arg(
    "worker_name", "The worker.", complete="worker", convert=identifier, aliases=("-H", "--edge-hostname")
)
# A worker learns what it is to do at its next heartbeat, 5 s later; the server answers at once.
WAIT = flag("-w", "--wait", help="Wait until the worker has done so: it does not act on the request at once.")
TIMEOUT = opt(
    "--timeout",
    help="With --wait: give up after this long; exit 3.",
    convert=seconds,
    default=600.0,
    metavar="SECONDS",
)

COMMENT = arg("comment", "The reason.", convert=some_text, aliases=("-c", "--comment", "--comments"))
QUEUES = arg(
    "queues", "The queue, or several, also as A,B.", repeatable=True, required=True,
    complete="queue", convert=some_text, aliases=("-q", "--queues"),
)  # fmt: skip


@command(
    "workers list",
    "List the edge workers or, with other executors, the machines that run tasks.",
    opt("-s", "--state", help="Only those in this state, or in any of several.", choices=WORKER_STATES,
        repeatable=True, variadic=True),
    opt("--pattern", help="Only those whose name contains this; or a pattern like 'prod-*'.",
        convert=some_text, aliases=("--worker-name-pattern",), metavar="TEXT"),
    opt("-q", "--queues", help="Only workers that serve any of these.", convert=columns, metavar="A,B"),
    op="edge_worker",
    uses=("get_task_instances", "get_jobs", "get_pools"),
    # What tasks say of their machine is all that a server without the Edge provider knows.
    about="Celery and Kubernetes have no API for their workers. With these, a row is a machine on which"
    " tasks run now, or a queue in which they wait.",
    examples=("airflowctl workers list --state idle", "airflowctl workers list -q gpu,default"),
    aliases=("workers list-workers",),
)  # fmt: skip
def list_workers(
    session: Session, state: tuple[str, ...], pattern: str | None, queues: tuple[str, ...] | None
) -> Rows:
    from airflowctl.domain.workers.machines import list_machines

    # The server looks for plain text only, so a pattern is matched here, over all workers.
    wild = pattern is not None and any(letter in pattern for letter in "*?[")
    try:
        records = every_worker(session, state=state, worker_name_pattern=None if wild else pattern)
    except PluginMissing as error:
        if state or pattern or queues:
            raise
        return list_machines(session, error)
    if wild and pattern:
        from fnmatch import fnmatchcase

        records = [record for record in records if fnmatchcase(str(record["worker_name"]), pattern)]
    if queues:  # one without any serves them all
        records = [
            record for record in records if not record.get("queues") or set(queues) & set(record["queues"])
        ]
    optional: dict[str, object] = {"maintenance_comments": None, "team_name": None}
    shown = (*COLUMNS, "maintenance_comments")
    return Rows(records, shown, "worker_name", optional, "no worker has reported")


@command(
    "workers show",
    "Show one edge worker.",
    WORKER_NAME,
    op="edge_worker",
    aliases=("workers get",),
    examples=("airflowctl workers show edge-1",),
)
def show(session: Session, worker_name: str) -> Record:
    return Record(the_worker(session, worker_name), "worker_name")


class JobFilters(NamedTuple):
    """The values of `workers jobs`, named as the parameters of the query they become."""

    worker_name_pattern: str | None
    state: tuple[str, ...]
    queue_pattern: str | None
    dag_id_pattern: str | None
    run_id_pattern: str | None
    task_id_pattern: str | None


@command(
    "workers jobs",
    "List the tasks of edge workers, those that wait included, the oldest first.",
    opt("--worker", name="worker_name_pattern", help="Only tasks of workers whose name contains this.",
        complete="worker", convert=some_text, metavar="TEXT"),
    opt("--state", help="Only in this state, or in any of several.", choices=TASK_STATES, repeatable=True),
    opt("-q", "--queue", name="queue_pattern", help="Only tasks of queues whose name contains this.",
        complete="queue", convert=some_text, metavar="TEXT"),
    opt("--dag-id", name="dag_id_pattern", help="Only tasks of Dags whose id contains this.", complete="dag",
        convert=some_text, metavar="TEXT"),
    opt("--run-id", name="run_id_pattern", help="Only tasks of runs whose id contains this.",
        complete="run", convert=some_text, metavar="TEXT"),
    opt("--task-id", name="task_id_pattern", help="Only tasks whose id contains this.",
        complete="task", convert=some_text, metavar="TEXT"),
    op="edge_jobs",
    examples=("airflowctl workers jobs --state running",),
)  # fmt: skip
def jobs(session: Session, values: JobFilters) -> Rows:
    records = session.api.pages("edge_jobs", "jobs", query=values._asdict())
    shown = ("dag_id", "run_id", "task_id", "map_index", "state", "queue", "edge_worker", "queued_dttm")
    return Rows(records, shown, "task_id", {**UNMAPPED, "edge_worker": None}, "no job is known")


@command(
    "workers maintenance on",
    "Ask an edge worker to take no more tasks; its running tasks finish.",
    WORKER_NAME,
    COMMENT,
    WAIT,
    TIMEOUT,
    effect=effect(SWITCH, "worker", "worker_name", becomes="put into maintenance", repeatable=True),
    op="edge_request_worker_maintenance",
    uses=("edge_worker",),
    invalidates=("worker",),
    examples=('airflowctl workers maintenance on rack7 "new disks" --wait',),
    aliases=("workers remote-edge-worker-request-maintenance",),
)
def maintenance_on(
    session: Session, worker_name: str, comment: str, wait: bool, timeout: float | None
) -> Text:
    body = {"maintenance_comment": comment}
    session.api.call("edge_request_worker_maintenance", worker_name=worker_name, body=body)
    return report_request(session, worker_name, "to go into maintenance", IN_MAINTENANCE, wait, timeout)


@command(
    "workers maintenance off",
    "Ask an edge worker in maintenance to take tasks again.",
    WORKER_NAME,
    WAIT,
    TIMEOUT,
    effect=effect(SWITCH, "worker", "worker_name", becomes="taken out of maintenance", repeatable=True),
    op="edge_exit_worker_maintenance",
    uses=("edge_worker",),
    invalidates=("worker",),
    aliases=("workers remote-edge-worker-exit-maintenance",),
    examples=("airflowctl workers maintenance off edge-1",),
)
def maintenance_off(session: Session, worker_name: str, wait: bool, timeout: float | None) -> Text:
    session.api.call("edge_exit_worker_maintenance", worker_name=worker_name)
    return report_request(session, worker_name, "to leave maintenance", (*AT_WORK, *GONE), wait, timeout)


@command(
    "workers maintenance comment",
    "Change the comment on the maintenance of an edge worker.",
    WORKER_NAME,
    COMMENT,
    effect=effect(CHANGE, "comment on worker", "worker_name", becomes="overwritten", repeatable=True),
    op="edge_update_worker_maintenance",
    invalidates=("worker",),
    aliases=("workers remote-edge-worker-update-maintenance-comment",),
    examples=("airflowctl workers maintenance comment edge-1 'until the disk is changed'",),
)
def maintenance_comment(session: Session, worker_name: str, comment: str) -> Text:
    body = {"maintenance_comment": comment}
    session.api.call("edge_update_worker_maintenance", worker_name=worker_name, body=body)
    return Text(f"wrote the comment of {worker_name}", {"worker_name": worker_name, "comment": comment})


@command(
    "workers queues add",
    "Add queues to those that an edge worker serves.",
    WORKER_NAME,
    QUEUES,
    effect=effect(SWITCH, "queue", "queues", "worker_name", becomes="added"),
    op="edge_add_worker_queue",
    invalidates=("worker",),
    examples=("airflowctl workers queues add rack7 gpu",),
    aliases=("workers add-worker-queues",),
)
def queues_add(session: Session, worker_name: str, queues: tuple[str, ...]) -> Rows:
    return change_queues(session, "edge_add_worker_queue", "added", worker_name, queues)


@command(
    "workers queues remove",
    "Remove queues from those that an edge worker serves.",
    WORKER_NAME,
    QUEUES,
    effect=effect(DELETE, "queue", "queues", "worker_name", becomes="removed"),
    op="edge_remove_worker_queue",
    invalidates=("worker",),
    about="A worker without any queue serves all of them.",
    aliases=("workers remove-worker-queues",),
    examples=("airflowctl workers queues remove edge-1 gpu",),
)
def queues_remove(session: Session, worker_name: str, queues: tuple[str, ...]) -> Rows:
    return change_queues(session, "edge_remove_worker_queue", "removed", worker_name, queues)


def slots(text: str) -> int:
    number = whole_number(text)
    if number == 0:
        raise ValueError("must be 1 or more: a worker with none is one in maintenance")
    return number


@command(
    "workers concurrency",
    "Set how many tasks an edge worker runs at a time.",
    WORKER_NAME,
    arg("concurrency", "How many.", convert=slots, aliases=("-c", "--concurrency"), metavar="N"),
    effect=effect(SWITCH, "concurrency of worker", "worker_name", repeatable=True),
    op="edge_set_worker_concurrency_limit",
    invalidates=("worker",),
    aliases=("workers set-worker-concurrency",),
    examples=("airflowctl workers concurrency edge-1 8",),
)
def set_concurrency(session: Session, worker_name: str, concurrency: int) -> Text:
    body = {"concurrency": concurrency}
    session.api.call("edge_set_worker_concurrency_limit", worker_name=worker_name, body=body)
    return report_request(session, worker_name, f"to run {concurrency} at a time", (), False, None)


@command(
    "workers shutdown",
    "Ask an edge worker to shut down once its running tasks have finished.",
    WORKER_NAME,
    WAIT,
    TIMEOUT,
    effect=effect(DELETE, "worker", "worker_name", becomes="shut down"),
    op="edge_request_worker_shutdown",
    uses=("edge_worker",),
    invalidates=("worker",),
    about="It must be started again on its own machine.",
    aliases=("workers shutdown-remote-edge-worker",),
    examples=("airflowctl workers shutdown edge-1",),
)
def shutdown(session: Session, worker_name: str, wait: bool, timeout: float | None) -> Text:
    session.api.call("edge_request_worker_shutdown", worker_name=worker_name)
    return report_request(session, worker_name, "to shut down", GONE, wait, timeout)


def _names_at_work(session: Session, _values: Mapping[str, Any]) -> list[str]:
    return [str(worker["worker_name"]) for worker in workers_at_work(session)]


@command(
    "workers shutdown-all",
    "Ask all edge workers to shut down once their running tasks have finished.",
    effect=effect(DELETE, "worker", becomes="shut down", look=_names_at_work),
    op="edge_worker",
    uses=("edge_request_worker_shutdown",),
    invalidates=("worker",),
    danger="No edge worker will take tasks; each must be started again on its own machine.",
    aliases=("workers shutdown-all-workers",),
    examples=("airflowctl workers shutdown-all",),
)
def shutdown_all(session: Session) -> Rows:
    rows: list[dict[str, Any]] = []
    for worker in workers_at_work(session):
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
    "Remove an edge worker that has shut down.",
    WORKER_NAME,
    effect=effect(DELETE, "worker", "worker_name", becomes="removed"),
    op="edge_delete_worker",
    invalidates=("worker",),
    aliases=("workers remove-remote-edge-worker",),
    examples=("airflowctl workers remove edge-1",),
)
def remove(session: Session, worker_name: str) -> Text:
    try:
        session.api.call("edge_delete_worker", worker_name=worker_name)
    except CliError as error:
        # The server removes stopped workers only, and answers 400 without saying so.
        if error.status == 400 and not isinstance(error, NotFound):
            error.hint = (
                error.hint or f"end it first: {suggest('workers', 'shutdown', worker_name, '--wait')}"
            )
        raise
    return Text(f"removed {worker_name}", {"removed": worker_name})
