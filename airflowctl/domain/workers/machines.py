"""The machines that run tasks, as far as the tasks tell: where no edge worker is."""

from __future__ import annotations

from airflowctl.core.errors import NotAllowed, PluginMissing
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.jobs import fetch_living
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from airflowctl.session.session import Session


AT_WORK = ("running", "restarting", "queued")
WITHOUT = ("worker_name", "state", "queues", "jobs_active", "executor")


def list_machines(session: Session, error: PluginMissing) -> Rows:
    """Return what tasks that run or wait tell of those who run them."""
    query = {"state": AT_WORK}
    path: dict[str, Any] = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
    tasks = session.api.pages("get_task_instances", "task_instances", query=query, **path)
    records = list(_by_machine(tasks).values())
    session.output.note(f"{error.message}: this is what running and queued tasks tell")
    for text in (_schedulers(session), _pools(session)):
        if text:
            session.output.note(text)
    return Rows(records, WITHOUT, "worker_name", {"executor": None}, "no task runs or waits in a queue")


def _by_machine(tasks: Iterable[dict[str, Any]]) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return a row for each machine that runs tasks, and for each queue with tasks that no machine has
    taken."""
    record: dict[tuple[str, ...], dict[str, Any]] = {}
    for task in tasks:
        # A queued task may still show the host of its last try.
        runs = task.get("state") != "queued"
        host = str(task.get("hostname") or "") if runs else ""
        queue, executor = str(task.get("queue") or ""), task.get("executor")
        # One machine may run tasks of several queues, and stays one row.
        key = (host, str(executor)) if runs else ("", str(executor), queue)
        empty: dict[str, Any] = {
            "worker_name": host or None,
            "state": "running" if runs else "queued",
            "queues": [],
        }
        row = record.setdefault(key, {**empty, "jobs_active": 0, "executor": executor})
        row["jobs_active"] += 1
        if queue and queue not in row["queues"]:
            row["queues"].append(queue)
    return record


def _schedulers(session: Session) -> str:
    """Return which executors there are, by the schedulers that live."""
    query = {"job_type": "SchedulerJob", "job_state": "running", "is_alive": True}
    try:
        jobs = fetch_living(session, query)
    except NotAllowed:
        return ""
    text = [
        " on ".join(str(job[name]) for name in ("executor_class", "hostname") if job.get(name))
        for job in jobs
    ]
    return f"schedulers: {', '.join(text)}" if text else "no scheduler lives"


def _pools(session: Session) -> str:
    try:
        pools = list(session.api.pages("get_pools", "pools"))
    except NotAllowed:
        return ""
    text = [
        f"{pool.get('name')} {pool.get('running_slots', 0)} of {pool.get('slots')} running, "
        f"{pool.get('queued_slots', 0)} queued"
        for pool in pools
        if pool.get("running_slots") or pool.get("queued_slots")
    ]
    return f"pools: {'; '.join(text)}" if text else "pools: no slot is taken"
