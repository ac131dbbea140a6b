"""What holds up the tasks of a run that has not ended."""

from __future__ import annotations

from airflowctl.core.durations import duration, seconds_since
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.rich_results import BAD, WARN
from airflowctl.core.task_order import OVER
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list, index_of, instance_name
from airflowctl.domain.diagnosis import other_dags, previous_run, waits
from airflowctl.domain.diagnosis.dag import check_part
from airflowctl.domain.diagnosis.facts import Facts, Finding, with_fields
from airflowctl.domain.diagnosis.usual_time import is_slow, usual_seconds
from airflowctl.domain.parallel import alone, of_each
from airflowctl.domain.tasks.lookup import DEPENDENCIES, of_index

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from airflowctl.session.session import Session

# A request each, and tasks that wait wait mostly for the same reason.
_ASKED = 3  # tasks whose dependencies are asked for
_LONG = 60.0  # seconds in which a worker takes a task up
_SOON = 5.0  # seconds in which a worker that has nothing else to do takes it up
# What the server says of every task that it has not scheduled yet, and of one behind another.
_PLAIN = (
    "Task Instance State",
    "Trigger Rule",
    "Task Instance Not Running",
    "Dagrun Running",
    "Dag Not Paused",
)
_SLOW = 2.0  # times the usual duration
_SAID = ("Pool", "Task Instance Slots Available")


def waiting(session: Session, facts: Facts) -> list[Finding]:
    """Return why tasks that could run do not; nothing where all of them just run."""
    return [
        *check_part("questions to people", lambda: _people(session, facts)),
        *_pools(facts),
        *_limits(facts),
        *_check_queue(facts),
        *check_part("what deferred tasks wait for", lambda: waits.deferred(session, facts)),
        *check_part("what sensors wait for", lambda: waits.rescheduled(session, facts)),
        *_dependencies(session, facts),
        *_check_removed(facts),
    ]


def progress(session: Session, run_facts: Facts, held: set[Any]) -> list[Finding]:
    """Return what runs, with what takes far longer than usually; `held` are the tasks of which something else
    was said."""
    running = run_facts.of_state("running")[:5]
    usual = of_each(lambda entry: usual_seconds(session, entry), running[:_ASKED])
    awaited = of_each(lambda task: _awaited(session, run_facts, task), running[:_ASKED])
    findings = []
    for index, instance in enumerate(running):
        findings.append(_running(run_facts, instance, usual[index].value if index < len(usual) else None))
        findings += (awaited[index].value if index < len(awaited) else None) or []
    idle = [entry for entry in run_facts.of_state(None) if entry.get("task_id") not in held]
    if idle:
        names = [instance_name(entry) for entry in idle]
        title = f"to come: {format_list(names)}"
        findings.append(Finding("to_come", title, facts={"tasks": names}))
    return findings


def _awaited(session: Session, run_facts: Facts, instance: dict[str, Any]) -> list[Finding]:
    """Return what a task that runs waits for: a sensor that looks again, what starts another Dag."""
    if not other_dags.may_wait(instance):
        return []
    whole = with_fields(session, instance)
    return other_dags.find_awaited(session, run_facts, whole) or waits.pokes_until(run_facts, whole)


def _running(run_facts: Facts, instance: dict[str, Any], usual: float | None) -> Finding:
    """Return that an instance runs; how long its task usually takes, where it takes far longer now."""
    passed = seconds_since(instance.get("start_date"), run_facts.now) or 0.0
    since = f" for {duration(passed)}" if passed else ""
    index, start = index_of(instance), instance.get("start_date")
    facts: dict[str, Any] = {"task_id": instance.get("task_id"), "map_index": index, "start_date": start}
    if usual is None or not is_slow(passed, usual, _SLOW):
        return Finding("running", f"{instance_name(instance)} is running{since}", facts=facts)
    title = f"{instance_name(instance)} is running{since}; the median of its last runs is {duration(usual)}"
    facts |= {
        "seconds": round(passed),
        "median": usual,
        "evidence": ["its last successes"],
        "sure": "certain",
    }
    words = (run_facts.dag_id, instance.get("task_id"), run_facts.run_id)
    look = suggest("tasks", "logs", *words, "--tail", "20", index=index)
    return Finding("slow", title, WARN, (), facts, (look,))


def _people(session: Session, facts: Facts) -> list[Finding]:
    """Questions without an answer yet."""
    # A question is deferred to a trigger before Airflow 3.3: without such tasks the request is spared.
    if not facts.of_state("awaiting_input", "deferred"):
        return []
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id}
    try:
        session.require_op("get_hitl_details")
    except UsageError:  # an Airflow without questions to users
        return []
    query = {"response_received": False}
    findings = []
    for detail in session.api.pages("get_hitl_details", "hitl_details", limit=5, query=query, **path):
        instance = detail.get("task_instance") or {}
        task, index = str(instance.get("task_id")), index_of(instance)
        words = (facts.dag_id, task, facts.run_id)
        options = [str(option) for option in detail.get("options") or ()]
        answers = [suggest("hitl", "show", *words, index=index)]
        # Airflow's ApprovalOperator has these two options, for which there are commands of their own.
        if "Approve" in options:
            answers += [suggest("hitl", name, *words, index=index) for name in ("approve", "reject")]
        elif options:
            answers.append(suggest("hitl", "respond", *words, options[0], index=index))
        title = f"{instance_name(instance)} waits for a person: {detail.get('subject')}"
        question: dict[str, Any] = {
            "body": detail.get("body"),
            "options": options,
            "params": detail.get("params"),
        }
        shown = {f"{name}": value for name, value in question.items() if value}
        question["subject"] = detail.get("subject")
        findings.append(
            Finding(
                "human_input", title, BAD, (Record(shown, ""),) if shown else (), question, tuple(answers)
            )
        )
    return findings


def _pools(run_facts: Facts) -> list[Finding]:
    """Scheduled tasks that a pool does not let in."""
    if run_facts.pools.value is None:
        return []
    findings = []
    for name, tasks in _by(run_facts.of_state("scheduled"), "pool").items():
        pool = run_facts.pools.value.get(name)
        names = [instance_name(task) for task in tasks]
        facts: dict[str, Any] = {"pool": name, "tasks": names}
        # Airflow says so in the log of the scheduler only, which a user of the API does not see.
        if pool is None:
            title = f"{format_list(names)} cannot run: there is no pool '{name}'"
            create = suggest("pools", "set", name, "16", "Made for tasks that name it")
            findings.append(Finding("no_pool", title, BAD, facts=facts, next=(create,)))
            continue
        slots, free = pool.get("slots"), pool.get("open_slots")
        facts |= {"slots": slots, "open_slots": free}
        see = suggest("pools", "get", name)
        wanted = {instance_name(task): task.get("pool_slots") or 1 for task in tasks}
        # A task that wants more slots than the pool has waits for ever, and looks like one behind others.
        never = {
            task: count for task, count in wanted.items() if isinstance(slots, int) and 0 <= slots < count
        }
        if never:
            most = max(never.values())
            has = f"pool '{name}' has {slots}"
            title = f"{format_list(list(never))} can never run: it wants {most} slots, and {has}"
            # `pools set` would write the description and include_deferred too.
            raised = suggest("pools", "update", name, "--slots", most)
            findings.append(Finding("pool_too_small", title, BAD, facts=facts, next=(see, raised)))
        full = [
            task
            for task, count in wanted.items()
            if task not in never and isinstance(free, int) and free < count
        ]
        if full:
            title = (
                f"{format_list(full)} {_wait(full)} for pool '{name}': {free} of its {slots} slots are free"
            )
            # Such a pool may be full of tasks that gave their slot of a worker away.
            states = ("running", "deferred") if pool.get("include_deferred") else ("running",)
            options = [word for state in states for word in ("--state", state)]
            who = suggest("tasks", "instances", "--pool", name, *options)
            # As many more as let one of them in; a full pool may also be what its makers want.
            lacking = min(wanted[task] for task in full) - int(free or 0)
            raised = suggest("pools", "update", name, "--slots", int(slots or 0) + lacking)
            findings.append(Finding("pool_full", title, BAD, facts=facts, next=(see, who, raised)))
    return findings


def _limits(run_facts: Facts) -> list[Finding]:
    """Scheduled tasks behind the Dag's own limit."""
    scheduled, most = run_facts.of_state("scheduled"), run_facts.dag.get("max_active_tasks")
    # Queued counts for the scheduler: the slot is taken once the executor has the task.
    active = len(run_facts.of_state("running", "queued"))
    if not scheduled or not isinstance(most, int) or most <= 0 or active < most:
        return []
    names = [instance_name(instance) for instance in scheduled]
    title = (
        f"{format_list(names)} {_wait(names)}: max_active_tasks of the Dag is {most}, and {active} are active"
    )
    facts = {"max_active_tasks": most, "active": active, "tasks": names}
    who = suggest("tasks", "instances", run_facts.dag_id, "--state", "running")
    return [Finding("max_active_tasks", title, WARN, facts=facts, next=(who,))]


def _check_queue(run_facts: Facts) -> list[Finding]:
    """Tasks that were given to the executor, and that no worker has taken up."""
    late = []
    for instance in run_facts.of_state("queued", "restarting"):
        passed = seconds_since(instance.get("queued_when"), run_facts.now)
        if passed is not None:
            late.append((max(0.0, passed), instance))
    findings = []
    for queue, tasks in _by([entry for _, entry in late], "queue").items():
        names = [instance_name(entry) for entry in tasks]
        passed = max(time for time, entry in late if entry in tasks)
        title = f"{format_list(names)} {'is' if len(names) == 1 else 'are'} queued for {duration(passed)}"
        them = "it" if len(names) == 1 else "them"
        facts = {"queue": queue, "tasks": names, "seconds": round(passed)}
        # A healthy worker takes a task up within seconds, so a young one in the queue is no fault yet.
        if passed <= _LONG:
            findings.append(Finding("queued", title, WARN if passed > _SOON else "", facts=facts))
            continue
        body = (
            f"No worker has taken {them} from queue '{queue}': all may be busy ([core] parallelism, a"
            " worker's own concurrency), or none listens to this queue.",
        )
        see = suggest("tasks", "instances", "--state", "running")
        findings.append(Finding("queued_long", title, BAD, body, facts, (see, suggest("status"))))
    return findings


def _dependencies(session: Session, run_facts: Facts) -> list[Finding]:
    """Return what the scheduler itself says of tasks without a state: all but that another task comes
    first."""
    tasks = [*run_facts.of_state("scheduled"), *_next_in_line(run_facts)][:_ASKED]

    def fetch_dependencies(record: dict[str, Any]) -> Any:
        path: dict[str, Any] = {
            "dag_id": run_facts.dag_id,
            "dag_run_id": run_facts.run_id,
            "task_id": str(record["task_id"]),
        }
        return of_index(session, DEPENDENCIES, path, index_of(record))

    findings: list[Finding] = []
    for task, part in zip(tasks, of_each(fetch_dependencies, tasks), strict=True):
        unmet = [
            dependency
            for dependency in (part.value or {}).get("dependencies") or ()
            if dependency.get("name") not in _PLAIN
        ]
        if task.get("state") == "scheduled":  # what a pool and the Dag's limit lack was said in better words
            unmet = [
                dependency
                for dependency in unmet
                if not any(word in str(dependency.get("name")) for word in _SAID)
            ]
        if unmet:
            findings.append(_unmet(session, run_facts, task, unmet))
    return findings


def _unmet(session: Session, facts: Facts, task: dict[str, Any], unmet: list[dict[str, Any]]) -> Finding:
    """Return what the scheduler says of a task; where an earlier run is in the way, which and how it is."""
    reasons = {str(dependency.get("name")): dependency.get("reason") for dependency in unmet}
    if previous_run.DEPENDENCY in reasons:
        reason = str(reasons[previous_run.DEPENDENCY])
        finding = alone(lambda: previous_run.of_previous(session, facts, task, reason)).value
        if finding is not None:
            return finding  # type: ignore[no-any-return]
    title = f"{instance_name(task)} waits: {next(iter(reasons.values()))}"
    body = (Record(reasons, ""),) if len(reasons) > 1 else ()
    more = {"task_id": task.get("task_id"), "map_index": index_of(task), "dependencies": unmet}
    more |= {"evidence": ["the task's dependencies"], "sure": "certain"}
    is_limit = any("Concurrency" in name for name in reasons)
    who = suggest("tasks", "instances", facts.dag_id, "--task-id", task.get("task_id"), "--state", "running")
    return Finding("dependencies", title, BAD, body, more, (who,) if is_limit else ())


def _next_in_line(facts: Facts) -> list[dict[str, Any]]:
    """Return the tasks without a state that no other task of this run has to come before."""
    idle = facts.of_state(None)
    # Without the Dag's graph, which a user may not be allowed to read, each of them may be next.
    if facts.tasks.value is None:
        return idle
    open_tasks = {
        instance.get("task_id") for instance in facts.instances if instance.get("state") not in OVER
    }
    behind = {
        name
        for task_id, task in facts.tasks.value.items()
        if task_id in open_tasks
        for name in task.get("downstream_task_ids") or ()
    }
    return [instance for instance in idle if instance.get("task_id") not in behind]


def _check_removed(facts: Facts) -> list[Finding]:
    names = [instance_name(instance) for instance in facts.of_state("removed")]
    if not names:
        return []
    title = f"{format_list(names)}: no longer in the Dag, and not run"
    return [Finding("removed", title, WARN, facts={"tasks": names})]


def _wait(names: list[str]) -> str:
    return "waits" if len(names) == 1 else "wait"


def _by(instances: Iterable[dict[str, Any]], field: str) -> dict[str, list[dict[str, Any]]]:
    record: dict[str, list[dict[str, Any]]] = {}
    for instance in instances:
        record.setdefault(str(instance.get(field)), []).append(instance)
    return record
