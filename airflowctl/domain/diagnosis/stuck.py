"""What does not move, over all Dags. Each look is one request with a filter, however many Dags there are."""

from __future__ import annotations

from airflowctl.core.durations import age, duration, moment, seconds_since
from airflowctl.core.errors import DONE, REFUSED
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, GOOD, WARN, Report, Section
from airflowctl.core.task_order import OVER
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, format_list, index_of, instance_name
from airflowctl.domain.diagnosis import no_run, waits
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.diagnosis.stuck_look import DEEP, PAGE, QUEUED, RUNNING, Look, look_at_all
from airflowctl.domain.diagnosis.usual_time import is_slow, usual_seconds
from airflowctl.domain.parallel import Part, of_each
from airflowctl.domain.runs.backfill_runs import BACKFILL

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_DECISION = 10.0
_SLOW = 3  # times the median of the last runs


def stuck(session: Session) -> Report:
    look = look_at_all(session)
    findings = find_stuck(session, look)
    unseen = [(name, part) for name, part in look._asdict().items() if isinstance(part, Part) and part.error]
    if findings:
        head = Section(
            f"{format_count(len(findings), 'thing')} {'does' if len(findings) == 1 else 'do'} not move",
            tone=BAD,
        )
    else:
        head = Section("nothing known is stuck", tone=WARN if unseen or set(look.left) - {RUNNING} else GOOD)
    sections = [
        head,
        *(_section(finding) for finding in findings),
        *(_unseen(name, part) for name, part in unseen),
        *(_left(name, count) for name, count in look.left.items()),
    ]
    data = {"stuck": [finding.data for finding in findings], "not_looked_at": look.left,
            "problems": {name: part.error.message for name, part in unseen if part.error}}  # fmt: skip
    if not _may_see_all(session):
        session.output.note("what this user may not read is not in it: the server leaves it out in silence")
    return Report(
        tuple(sections),
        data,
        REFUSED if findings or any(not part.is_forbidden for _, part in unseen) else DONE,
    )


def _section(finding: Finding) -> Section:
    return Section(finding.title, (*finding.body, *finding.next), finding.tone)


def _unseen(name: str, part: Part) -> Section:
    why = "you may not see it" if part.is_forbidden else part.error.message if part.error else ""
    return Section(f"not looked at: {name.replace('_', ' ')}: {why}", tone=WARN)


def _left(name: str, count: int) -> Section:
    """Return that there are more of a kind than were looked at."""
    if name == RUNNING:
        return Section(f"not compared with their last runs: {count:,} tasks that run, and began later")
    title = f"not looked at: {count:,} more {name.replace('_', ' ')}; the first {PAGE} were"
    return Section(title, tone=WARN)


def _may_see_all(session: Session) -> bool:
    """Return whether the token says that its user is an administrator: other users may see a part of the
    Dags, and lists do not tell that there are others."""
    from airflowctl.api.auth.token import claims

    credential = session.server.credentials.cached
    return credential is not None and str(claims(credential.token).get("role", "")).lower() == "admin"


def find_stuck(session: Session, look: Look) -> list[Finding]:
    return [
        *_find_questions(look),
        *_find_queued_runs(session, look),
        *_find_undecided(look),
        *_find_starved(look),
        *_find_queued(look),
        *_find_deferred(look),
        *_find_slow(session, look),
        *_find_due(look),
        *_find_assets(session, look),
    ]


def _find_questions(look: Look) -> list[Finding]:
    findings = []
    for detail in look.questions.value or ():
        instance = detail.get("task_instance") or {}
        # The server keeps the question of a task that has failed for want of an answer.
        if instance.get("state") in OVER:
            continue
        words = (instance.get("dag_id"), instance.get("task_id"), instance.get("dag_run_id"))
        title = (
            f"{instance.get('dag_id')}.{instance_name(instance)} waits for a person: {detail.get('subject')}"
        )
        more = {
            "dag_id": words[0],
            "dag_run_id": words[2],
            "task_id": words[1],
            "subject": detail.get("subject"),
        }
        line = suggest("hitl", "show", *words, index=index_of(instance))
        findings.append(Finding("human_input", title, BAD, (), more, (line,)))
    return findings


def _find_queued_runs(session: Session, look: Look) -> list[Finding]:
    by_dag: dict[str, list[dict[str, Any]]] = {}
    for run in look.queued_runs.value or ():
        due = moment(run.get("run_after"))
        waited = seconds_since(run.get("queued_at") or run.get("run_after"), look.now)
        if (due is None or due <= look.now) and waited is not None and waited > QUEUED:
            by_dag.setdefault(str(run["dag_id"]), []).append(run)
    paused = _paused(session, list(by_dag)) if by_dag else set()
    findings = []
    for dag_id, runs in by_dag.items():
        oldest = str(runs[0].get("dag_run_id"))
        since = duration(seconds_since(runs[0].get("queued_at") or runs[0].get("run_after"), look.now) or 0)
        more = {"dag_id": dag_id, "runs": [run.get("dag_run_id") for run in runs], "paused": dag_id in paused}
        count, wait = format_count(len(runs), "run"), "waits" if len(runs) == 1 else "wait"
        wait = "waits" if len(runs) == 1 else "wait"
        if dag_id in paused:
            title, line = (
                f"{dag_id} is paused, and {count} of it {wait}, for {since} at most",
                suggest("dags", "unpause", dag_id),
            )
        elif any(run.get("run_type") == BACKFILL for run in runs):
            title, line = (
                f"{dag_id}: {count} of a backfill {wait}, for {since} at most",
                suggest("why", dag_id, oldest),
            )
        else:
            title, line = f"{dag_id}: {count} queued, for {since} at most", suggest("why", dag_id, oldest)
        findings.append(Finding("queued_run", title, BAD, (), more, (line,)))
    return findings


def _paused(session: Session, dag_ids: list[str]) -> set[str]:
    query = {"dag_id_pattern": "|".join(dag_ids[:20]), "paused": True, "exclude_stale": False}
    rows, _ = session.api.page("get_dags", "dags", {}, query=query)
    return {str(row.get("dag_id")) for row in rows}


def _find_undecided(look: Look) -> list[Finding]:
    findings = []
    for run in look.running_runs.value or ():
        passed = seconds_since(run.get("start_date"), look.now)
        if run.get("last_scheduling_decision") is None and passed is not None and passed > _DECISION:
            dag_id, run_id = str(run.get("dag_id")), str(run.get("dag_run_id"))
            title = (
                f"{dag_id} {run_id}: the scheduler has not decided on it, {duration(passed)} after it began"
            )
            findings.append(
                Finding(
                    "no_decision",
                    title,
                    WARN,
                    (),
                    {"dag_id": dag_id, "dag_run_id": run_id},
                    (suggest("why", dag_id, run_id),),
                )
            )
    return findings


def _find_starved(look: Look) -> list[Finding]:
    findings = []
    for name, tasks in _by(look.scheduled.value or [], "pool").items():
        pool = (look.pools.value or {}).get(name)
        names = [f"{task.get('dag_id')}.{instance_name(task)}" for task in tasks]
        more = {"pool": name, "tasks": names}
        if look.pools.value is None:
            continue
        if pool is None:
            title = f"{format_list(names, 3)} cannot run: there is no pool '{name}'"
            findings.append(
                Finding("no_pool", title, BAD, (), more, (suggest("pools", "create", name, "16"),))
            )
            continue
        findings += _of_pool(name, pool, tasks)
    return findings


def _of_pool(name: str, pool: dict[str, Any], tasks: list[dict[str, Any]]) -> list[Finding]:
    """Return which scheduled tasks want more slots than their pool has, and which wait for one of them."""
    slots, free = pool.get("slots"), pool.get("open_slots")
    wanted = {
        f"{task.get('dag_id')}.{instance_name(task)}": int(task.get("pool_slots") or 1) for task in tasks
    }
    never = [task for task, count in wanted.items() if isinstance(slots, int) and 0 <= slots < count]
    rest = [task for task in wanted if task not in never]
    findings = []
    if never:
        most = max(wanted[task] for task in never)
        has = f"pool '{name}' has {slots} slots"
        title = f"{format_list(never, 3)} can never run: {has}, and {most} are wanted"
        line = suggest("pools", "update", name, "--slots", most)
        findings.append(Finding("pool_too_small", title, BAD, (), {"pool": name, "tasks": never}, (line,)))
    if rest and isinstance(free, int) and free <= 0:
        title = f"pool '{name}' is full, {format_count(len(rest), 'task')} waiting: {format_list(rest, 3)}"
        states = ("running", "deferred") if pool.get("include_deferred") else ("running",)
        options = [word for state in states for word in ("--state", state)]
        line = suggest("tasks", "instances", "--pool", name, *options)
        findings.append(Finding("pool_full", title, BAD, (), {"pool": name, "tasks": rest}, (line,)))
    return findings


def _find_queued(look: Look) -> list[Finding]:
    late = [
        task
        for task in look.queued.value or ()
        if (seconds_since(task.get("queued_when"), look.now) or 0) > QUEUED
    ]
    findings = []
    for queue, tasks in _by(late, "queue").items():
        longest = max(seconds_since(task.get("queued_when"), look.now) or 0 for task in tasks)
        names = [f"{task.get('dag_id')}.{instance_name(task)}" for task in tasks]
        since = f"queued for up to {duration(longest)} in queue '{queue}'"
        title = f"{format_count(len(tasks), 'task')} {since}: {format_list(names, 3)}"
        line = suggest("why", tasks[0].get("dag_id"), tasks[0].get("dag_run_id"))
        findings.append(Finding("queued_long", title, BAD, (), {"queue": queue, "tasks": names}, (line,)))
    return findings


def _find_deferred(look: Look) -> list[Finding]:
    findings = []
    for task in look.deferred.value or ():
        until, evidence = waits.find_until(task, task.get("trigger") or {})
        if until is None or (until - look.now).total_seconds() <= waits.FAR:
            continue
        when = f"{waits.format_time(until)} ({age((look.now - until).total_seconds())})"
        title = f"{task.get('dag_id')}.{instance_name(task)} is deferred until {when}"
        more = {
            "dag_id": task.get("dag_id"),
            "dag_run_id": task.get("dag_run_id"),
            "until": until.isoformat(),
            "evidence": [evidence],
        }
        findings.append(
            Finding(
                "deferred",
                title,
                WARN,
                (),
                more,
                (suggest("why", task.get("dag_id"), task.get("dag_run_id")),),
            )
        )
    return findings


def _find_slow(session: Session, look: Look) -> list[Finding]:
    """Tasks that run for much longer than they did; of those that began first, for each costs a request."""
    oldest = [task for task in look.running.value or () if task.get("start_date")][:DEEP]
    findings = []
    for task, part in zip(oldest, of_each(lambda task: usual_seconds(session, task), oldest), strict=True):
        passed = seconds_since(task.get("start_date"), look.now) or 0.0
        if is_slow(passed, part.value, _SLOW) and passed > QUEUED:
            usually = f"the median of its last runs is {duration(part.value)}"
            title = f"{task.get('dag_id')}.{instance_name(task)} runs for {duration(passed)}; {usually}"
            more = {
                "dag_id": task.get("dag_id"),
                "dag_run_id": task.get("dag_run_id"),
                "seconds": round(passed),
                "median": part.value,
            }
            line = suggest(
                "tasks",
                "logs",
                task.get("dag_id"),
                task.get("task_id"),
                task.get("dag_run_id"),
                index=index_of(task),
            )
            findings.append(Finding("slow", title, WARN, (), more, (line,)))
    return findings


def _find_due(look: Look) -> list[Finding]:
    findings = []
    for dag in look.due.value or ():
        passed = seconds_since(dag.get("next_dagrun_run_after"), look.now)
        if passed is not None and passed > QUEUED and not dag.get("is_stale"):
            dag_id = str(dag.get("dag_id"))
            title = f"{dag_id}: its next run was due {age(passed)}, and there is none"
            findings.append(
                Finding("not_started", title, BAD, (), {"dag_id": dag_id}, (suggest("why", dag_id),))
            )
    return findings


def _find_assets(session: Session, look: Look) -> list[Finding]:
    """Dags for which one of several assets has come; of the first ones, for each costs some requests."""

    def waiting(row: dict[str, Any]) -> list[Finding]:
        details = session.api.record("get_dag_details", "dag_id", dag_id=str(row["dag_id"]))
        findings = no_run.of_assets(session, Facts(look.now, details, {}))
        return [
            finding._replace(title=f"{row['dag_id']}: {finding.title}")
            for finding in findings
            if finding.facts.get("came")
        ]

    return [
        finding for part in of_each(waiting, (look.assets.value or [])[:DEEP]) for finding in part.value or ()
    ]


def _by(instances: list[dict[str, Any]], field: str) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for instance in instances:
        groups.setdefault(str(instance.get(field)), []).append(instance)
    return groups
