"""Looking at workers and at what they have to do."""

from __future__ import annotations

from airflowctl.commands.jobs import living
from airflowctl.commands.workers import WORKER_NAME, WORKER_STATES, every_worker, the_worker
from airflowctl.core.command import command, opt
from airflowctl.core.converters import columns, some_text
from airflowctl.core.errors import NoPlugin, NotAllowed
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import ALL_DAGS
from airflowctl.domain.tasks.lookup import TASK_STATES, UNMAPPED

if TYPE_CHECKING:
    from collections.abc import Iterable
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
WITHOUT = ("worker_name", "state", "queues", "jobs_active", "executor")
AT_WORK = ("running", "restarting", "queued")


@command(
    "workers list",
    "List the edge workers; elsewhere the machines that run tasks, as far as the tasks tell.",
    opt("-s", "--state", help="Only those in this state, or in any of several.", choices=WORKER_STATES,
        many=True, several=True),
    opt("--pattern", help="Only those whose name contains this; or a pattern like 'prod-*'.",
        convert=some_text, also=("--worker-name-pattern",), metavar="TEXT"),
    opt("-q", "--queues", help="Only those that serve one of these.", convert=columns, metavar="A,B"),
    op="edge_worker",
    uses=("get_task_instances", "get_jobs", "get_pools"),
    about="Celery and Kubernetes have no API for their workers. There, a line is a machine on which tasks "
    "run now, or a queue in which they wait.",
    examples=("airflowctl workers list --state idle", "airflowctl workers list -q gpu,default"),
    also=("workers list-workers",),
)  # fmt: skip
def list_workers(
    session: Session, state: tuple[str, ...], pattern: str | None, queues: tuple[str, ...] | None
) -> Rows:
    wild = pattern is not None and any(letter in pattern for letter in "*?[")
    try:
        found = every_worker(session, state=state, worker_name_pattern=None if wild else pattern)
    except NoPlugin as error:
        if state or pattern or queues:
            raise
        return _machines(session, error)
    if wild and pattern:
        from fnmatch import fnmatchcase

        found = [one for one in found if fnmatchcase(str(one["worker_name"]), pattern)]
    if queues:  # one without any serves them all
        found = [one for one in found if not one.get("queues") or set(queues) & set(one["queues"])]
    optional: dict[str, object] = {"maintenance_comments": None, "team_name": None}
    shown = (*COLUMNS, "maintenance_comments")
    return Rows(found, shown, "worker_name", optional, "no worker has reported")


def _machines(session: Session, error: NoPlugin) -> Rows:
    """What tasks that run or wait tell of those who run them."""
    query = {"state": AT_WORK}
    path: dict[str, Any] = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
    tasks = session.api.pages("get_task_instances", "task_instances", query=query, **path)
    found = list(_by_machine(tasks).values())
    session.output.note(f"{error.message}: this is what running and queued tasks tell")
    for text in (_schedulers(session), _pools(session)):
        if text:
            session.output.note(text)
    return Rows(found, WITHOUT, "worker_name", {"executor": None}, "no task runs or waits in a queue")


def _by_machine(tasks: Iterable[dict[str, Any]]) -> dict[tuple[str, ...], dict[str, Any]]:
    """A row for each machine that runs tasks, and for each queue with tasks that no machine has taken."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in tasks:
        runs = one.get("state") != "queued"
        host = str(one.get("hostname") or "") if runs else ""
        queue, executor = str(one.get("queue") or ""), one.get("executor")
        key = (host, str(executor)) if runs else ("", str(executor), queue)
        empty: dict[str, Any] = {
            "worker_name": host or None,
            "state": "running" if runs else "queued",
            "queues": [],
        }
        row = found.setdefault(key, {**empty, "jobs_active": 0, "executor": executor})
        row["jobs_active"] += 1
        if queue and queue not in row["queues"]:
            row["queues"].append(queue)
    return found


def _schedulers(session: Session) -> str:
    """Which executors there are, by the schedulers that live."""
    query = {"job_type": "SchedulerJob", "job_state": "running", "is_alive": True}
    try:
        jobs = living(session, query)
    except NotAllowed:
        return ""
    told = [
        " on ".join(str(job[name]) for name in ("executor_class", "hostname") if job.get(name))
        for job in jobs
    ]
    return f"schedulers: {', '.join(told)}" if told else "no scheduler lives"


def _pools(session: Session) -> str:
    try:
        pools = list(session.api.pages("get_pools", "pools"))
    except NotAllowed:
        return ""
    told = [
        f"{pool.get('name')} {pool.get('running_slots', 0)} of {pool.get('slots')} running, "
        f"{pool.get('queued_slots', 0)} queued"
        for pool in pools
        if pool.get("running_slots") or pool.get("queued_slots")
    ]
    return f"pools: {'; '.join(told)}" if told else "pools: no slot is taken"


@command(
    "workers show",
    "Show one edge worker.",
    WORKER_NAME,
    op="edge_worker",
    also=("workers get",),
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
    "List the tasks that edge workers have or wait for, the oldest first.",
    opt("--worker", name="worker_name_pattern", help="Only of workers with this in their name.",
        complete="worker", convert=some_text, metavar="TEXT"),
    opt("--state", help="Only in this state, or in any of several.", choices=TASK_STATES, many=True),
    opt("-q", "--queue", name="queue_pattern", help="Only of queues with this in their name.",
        complete="queue", convert=some_text, metavar="TEXT"),
    opt("--dag-id", name="dag_id_pattern", help="Only of Dags with this in their id.", complete="dag",
        convert=some_text, metavar="TEXT"),
    opt("--run-id", name="run_id_pattern", help="Only of runs with this in their id.",
        complete="run", convert=some_text, metavar="TEXT"),
    opt("--task-id", name="task_id_pattern", help="Only of tasks with this in their id.",
        complete="task", convert=some_text, metavar="TEXT"),
    op="edge_jobs",
    examples=("airflowctl workers jobs --state running",),
)  # fmt: skip
def jobs(session: Session, values: JobFilters) -> Rows:
    found = session.api.pages("edge_jobs", "jobs", query=values._asdict())
    shown = ("dag_id", "run_id", "task_id", "map_index", "state", "queue", "edge_worker", "queued_dttm")
    return Rows(found, shown, "task_id", {**UNMAPPED, "edge_worker": None}, "no job is known")
