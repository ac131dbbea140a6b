"""What holds up the tasks of a run that goes on."""

from __future__ import annotations

from airflowctl.core.durations import duration, seconds_since
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.rich_results import BAD, WARN
from airflowctl.core.task_order import OVER
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import index_of, listed, named
from airflowctl.domain.diagnosis.dag import guarded
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import of_each
from airflowctl.domain.tasks.lookup import DEPENDENCIES, of_index

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from airflowctl.session.session import Session

_ASKED = 6  # tasks whose dependencies are asked for
_LONG = 60.0  # seconds in which a worker takes a task up
# What the server says of every task that it has not scheduled yet, and of one behind another.
_PLAIN = (
    "Task Instance State",
    "Trigger Rule",
    "Task Instance Not Running",
    "Dagrun Running",
    "Dag Not Paused",
)


def waiting(session: Session, found: Facts) -> list[Finding]:
    """Why tasks that could run do not; nothing where all of them just run."""
    return [
        *guarded("questions to people", lambda: _people(session, found)),
        *_pools(found),
        *_limits(found),
        *_queued(found),
        *_deferred(found),
        *_dependencies(session, found),
        *_gone(found),
    ]


def progress(found: Facts, held: set[Any]) -> list[Finding]:
    """What goes on without any trouble; `held` are the tasks of which something else was said."""
    findings = []
    for state, words in (("running", "running"), ("up_for_reschedule", "to be looked at again")):
        for one in found.of_state(state)[:5]:
            passed = seconds_since(one.get("start_date"), found.now)
            since = f" for {duration(passed)}" if passed and state == "running" else ""
            facts = {
                "task_id": one.get("task_id"),
                "map_index": index_of(one),
                "start_date": one.get("start_date"),
            }
            findings.append(Finding(state, f"{named(one)} is {words}{since}", facts=facts))
    idle = [it for it in found.of_state(None) if it.get("task_id") not in held]
    if idle:
        names = [named(it) for it in idle]
        title = f"to come: {listed(names)}"
        findings.append(Finding("to_come", title, facts={"tasks": names}))
    return findings


def _people(session: Session, found: Facts) -> list[Finding]:
    """Questions that nobody has answered."""
    if not found.of_state("awaiting_input", "deferred"):
        return []
    place = {"dag_id": found.dag_id, "dag_run_id": found.run_id}
    try:
        session.require_op("get_hitl_details")
    except UsageError:  # an Airflow that asks nobody
        return []
    query = {"response_received": False}
    findings = []
    for one in session.api.pages("get_hitl_details", "hitl_details", limit=5, query=query, **place):
        instance = one.get("task_instance") or {}
        task, index = str(instance.get("task_id")), index_of(instance)
        words = (found.dag_id, task, found.run_id)
        options = [str(option) for option in one.get("options") or ()]
        answers = [suggest("hitl", "show", *words, index=index)]
        if "Approve" in options:
            answers += [suggest("hitl", name, *words, index=index) for name in ("approve", "reject")]
        elif options:
            answers.append(suggest("hitl", "respond", *words, options[0], index=index))
        title = f"{named(instance)} waits for a person: {one.get('subject')}"
        asked: dict[str, Any] = {"body": one.get("body"), "options": options, "params": one.get("params")}
        shown = {f"{name}": value for name, value in asked.items() if value}
        asked["subject"] = one.get("subject")
        findings.append(
            Finding("human_input", title, BAD, (Record(shown, ""),) if shown else (), asked, tuple(answers))
        )
    return findings


def _pools(found: Facts) -> list[Finding]:
    """Scheduled tasks that a pool does not let in."""
    if found.pools.value is None:
        return []
    findings = []
    for name, tasks in _by(found.of_state("scheduled"), "pool").items():
        pool = found.pools.value.get(name)
        names = [named(it) for it in tasks]
        facts: dict[str, Any] = {"pool": name, "tasks": names}
        if pool is None:
            title = f"{listed(names)} cannot run: there is no pool '{name}'"
            create = suggest("pools", "set", name, "16", "Made for tasks that name it")
            findings.append(Finding("no_pool", title, BAD, facts=facts, next=(create,)))
            continue
        slots, free = pool.get("slots"), pool.get("open_slots")
        facts |= {"slots": slots, "open_slots": free}
        see = suggest("pools", "get", name)
        wanted = {named(it): it.get("pool_slots") or 1 for it in tasks}
        never = {it: count for it, count in wanted.items() if isinstance(slots, int) and 0 <= slots < count}
        if never:
            most = max(never.values())
            title = (
                f"{listed(list(never))} can never run: it wants {most} slots, and pool '{name}' has {slots}"
            )
            raised = suggest("pools", "set", name, str(most), str(pool.get("description") or ""))
            findings.append(Finding("pool_too_small", title, BAD, facts=facts, next=(see, raised)))
        full = [
            it for it, count in wanted.items() if it not in never and isinstance(free, int) and free < count
        ]
        if full:
            title = f"{listed(full)} {_wait(full)} for pool '{name}': {free} of its {slots} slots are free"
            who = suggest("tasks", "instances", "--pool", name, "--state", "running")
            findings.append(Finding("pool_full", title, BAD, facts=facts, next=(see, who)))
    return findings


def _limits(found: Facts) -> list[Finding]:
    """Scheduled tasks behind the Dag's own limit."""
    scheduled, most = found.of_state("scheduled"), found.dag.get("max_active_tasks")
    active = len(found.of_state("running", "queued"))
    if not scheduled or not isinstance(most, int) or most <= 0 or active < most:
        return []
    names = [named(it) for it in scheduled]
    title = f"{listed(names)} {_wait(names)}: max_active_tasks of the Dag is {most}, and {active} are active"
    facts = {"max_active_tasks": most, "active": active, "tasks": names}
    return [Finding("max_active_tasks", title, WARN, facts=facts)]


def _queued(found: Facts) -> list[Finding]:
    """Tasks that were given to the executor, and that no worker has taken up."""
    late = []
    for one in found.of_state("queued", "restarting"):
        passed = seconds_since(one.get("queued_when"), found.now)
        if passed is not None and passed > _LONG:
            late.append((passed, one))
    findings = []
    for queue, tasks in _by([it for _, it in late], "queue").items():
        names = [named(it) for it in tasks]
        passed = max(time for time, it in late if it in tasks)
        title = f"{listed(names)} {'is' if len(names) == 1 else 'are'} queued for {duration(passed)}"
        them = "it" if len(names) == 1 else "them"
        body = (
            f"No worker has taken {them} from queue '{queue}': all may be busy ([core] parallelism, a"
            " worker's own concurrency), or none listens to this queue.",
        )
        facts = {"queue": queue, "tasks": names, "seconds": round(passed)}
        see = suggest("tasks", "instances", "--state", "running")
        findings.append(Finding("queued_long", title, BAD, body, facts, (see, suggest("status"))))
    return findings


def _deferred(found: Facts) -> list[Finding]:
    """Tasks that gave their slot away, and need a triggerer."""
    deferred, triggerer = found.of_state("deferred"), found.component("triggerer")
    if not deferred:
        return []
    names = [named(it) for it in deferred]
    if triggerer is not None and triggerer.status != "healthy":
        title = f"{listed(names)} {_wait(names)} for a trigger, and {triggerer.told(found.now)}"
        return [Finding("triggerer_down", title, BAD, facts={"tasks": names}, next=(suggest("status"),))]
    findings = []
    for one in deferred[:5]:
        trigger = one.get("trigger") or {}
        what = str(trigger.get("classpath") or "its trigger").rpartition(".")[2]
        made = seconds_since(trigger.get("created_date"), found.now)
        since = f" since {duration(max(0.0, made))}" if made is not None else ""
        facts = {"task_id": one.get("task_id"), "map_index": index_of(one), "trigger": trigger}
        findings.append(Finding("deferred", f"{named(one)} waits{since} for {what}", facts=facts))
    return findings


def _dependencies(session: Session, found: Facts) -> list[Finding]:
    """What the scheduler itself says of tasks without a state: all but that another task comes first."""
    tasks = [*found.of_state("scheduled"), *_next_in_line(found)][:_ASKED]

    def asked(one: dict[str, Any]) -> Any:
        place: dict[str, Any] = {
            "dag_id": found.dag_id,
            "dag_run_id": found.run_id,
            "task_id": str(one.get("task_id")),
        }
        return of_index(session, DEPENDENCIES, place, index_of(one))

    findings = []
    for one, part in zip(tasks, of_each(asked, tasks), strict=True):
        told = [it for it in (part.value or {}).get("dependencies") or () if it.get("name") not in _PLAIN]
        if one.get("state") == "scheduled":  # what a pool lacks was said in better words
            told = [it for it in told if "Pool" not in str(it.get("name"))]
        if told:
            reasons = {str(it.get("name")): it.get("reason") for it in told}
            title = f"{named(one)} waits: {next(iter(reasons.values()))}"
            body = (Record(reasons, ""),) if len(reasons) > 1 else ()
            facts = {"task_id": one.get("task_id"), "map_index": index_of(one), "dependencies": told}
            see = suggest("tasks", "failed-deps", found.dag_id, str(one.get("task_id")), found.run_id,
                       index=index_of(one))  # fmt: skip
            findings.append(Finding("dependencies", title, BAD, body, facts, (see,)))
    return findings


def _next_in_line(found: Facts) -> list[dict[str, Any]]:
    """The tasks without a state that no other task of this run has to come before."""
    idle = found.of_state(None)
    if found.tasks.value is None:
        return idle
    open_tasks = {it.get("task_id") for it in found.instances if it.get("state") not in OVER}
    behind = {
        name
        for task_id, task in found.tasks.value.items()
        if task_id in open_tasks
        for name in task.get("downstream_task_ids") or ()
    }
    return [it for it in idle if it.get("task_id") not in behind]


def _gone(found: Facts) -> list[Finding]:
    names = [named(it) for it in found.of_state("removed")]
    if not names:
        return []
    title = f"{listed(names)}: no longer in the Dag, and not run"
    return [Finding("removed", title, WARN, facts={"tasks": names})]


def _wait(names: list[str]) -> str:
    return "waits" if len(names) == 1 else "wait"


def _by(instances: Iterable[dict[str, Any]], field: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in instances:
        found.setdefault(str(one.get(field)), []).append(one)
    return found
