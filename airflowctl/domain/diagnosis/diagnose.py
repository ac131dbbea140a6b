"""One answer put together from several calls."""

from __future__ import annotations

from airflowctl.core.durations import age, ago, duration, seconds_since
from airflowctl.core.errors import DONE, REFUSED, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, GOOD, WARN, Report, Section
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.diagnosis import (
    callbacks,
    causes,
    deployment,
    failures,
    last_success,
    no_run,
    queued_run,
    run_end,
    skips,
    tasks,
    unread,
)
from airflowctl.domain.diagnosis import dag as dag
from airflowctl.domain.diagnosis.facts import Facts, Finding, facts, with_events
from airflowctl.domain.parallel import alone, of_each, together
from airflowctl.domain.runs.lookup import ENDED, NEWEST, logical_date, newest_run, the_run

_LATE = 10.0  # seconds in which a scheduler that has nothing else to do looks at a run

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def answer(session: Session, dag_id: str | None, run_id: str | None) -> Report:
    if dag_id is None:
        return _of_deployment(session)
    try:
        details = session.api.record("get_dag_details", "dag_id", dag_id=dag_id)
    except NotFound as error:
        if report := alone(lambda: unread.unread(session, dag_id)).value:
            return report  # type: ignore[no-any-return]
        error.hint = f"see: {suggest('dags', 'list')}; a file that cannot be read has no Dags:" \
            f" {suggest('dags', 'list-import-errors')}"  # fmt: skip
        raise
    try:
        run = _run(session, dag_id, run_id)
    except NotFound:
        date = logical_date(run_id or "")
        if date is None:
            raise
        run_facts = facts(session, details, {})
        return _report(run_facts, no_run.of_date(run_facts, date))
    run_facts = facts(session, details, run)
    if run and run_facts.of_state("failed", "up_for_retry"):
        run_facts = with_events(session, run_facts)
    return _report(run_facts, _findings(session, run_facts))


def _run(session: Session, dag_id: str, run_id: str | None) -> dict[str, Any]:
    """Return the run that is meant; empty where none is named and there is none."""
    if run_id is None:
        return newest_run(session, dag_id) or {}
    # The record is there already: asking for it by its id would be a second request for the same.
    if run_id in NEWEST and (newest := newest_run(session, dag_id)):
        return newest
    run_id = the_run(session, dag_id, run_id)
    return session.api.record("get_dag_run", "dag_run_id", dag_id=dag_id, dag_run_id=run_id)


def _findings(session: Session, facts: Facts) -> list[Finding]:
    """Return what failed comes first; of a run that ended only what still matters to it."""
    failed = facts.of_state("failed", "up_for_retry")
    is_over = facts.run.get("state") in ENDED
    findings = (_of_past if is_over else _of_present)(session, facts, failed)
    if facts.left_out:
        title = f"the run has more than {len(facts.instances)} task instances: not all were looked at"
        findings.append(Finding("left_out", title, WARN))
    return findings


def _of_past(session: Session, facts: Facts, failed: list[dict[str, Any]]) -> list[Finding]:
    # Neither part needs what the other asks for, and each asks several times, one after the other.
    parts = together({
        "failed": lambda: failures.failures(session, facts) if failed else [],
        "ended": lambda: _of_ended(session, facts, failed),
    })  # fmt: skip
    for part in parts.values():
        if part.error:
            raise part.error
    return [*parts["failed"].value, *parts["ended"].value]


def _of_present(session: Session, facts: Facts, failed: list[dict[str, Any]]) -> list[Finding]:
    findings = failures.failures(session, facts) if failed else []
    # A run that has ended is not held up by a scheduler that is down now.
    findings += dag.of_server(facts)
    findings += dag.of_file(facts)
    findings += dag.of_pause(session, facts)
    if not facts.run:
        findings += dag.check_part("its assets", lambda: no_run.of_assets(session, facts))
        return findings + no_run.never_ran(facts)
    if facts.run.get("state") == "queued":
        findings += dag.check_part("other runs", lambda: queued_run.of_queued_run(session, facts))
        return findings + queued_run.unexplained(facts, findings)
    return findings + _of_running(session, facts)


def _of_running(session: Session, facts: Facts) -> list[Finding]:
    findings = tasks.waiting(session, facts)
    named = {finding.facts.get("task_id") for finding in findings}
    findings += tasks.progress(session, facts, named)
    active = facts.of_state("running", "queued", "scheduled", "deferred", "up_for_reschedule", "up_for_retry",
                            "awaiting_input", "restarting")  # fmt: skip
    passed = seconds_since(facts.run.get("start_date"), facts.now)
    if (
        facts.run.get("last_scheduling_decision") is None
        and not active
        and passed is not None
        and passed > _LATE
    ):
        title = f"the scheduler has not decided on this run yet, {duration(passed)} after it began"
        body = (
            "It looks at the runs in turn: other runs may come first. No task of this one was scheduled.",
        )
        more = {
            "seconds": round(passed),
            "evidence": ["the run's last_scheduling_decision"],
            "sure": "certain",
        }
        findings.insert(0, Finding("no_decision", title, WARN, body, more, (suggest("status"),)))
    return findings


def _of_ended(session: Session, facts: Facts, failed: list[dict[str, Any]]) -> list[Finding]:
    findings = dag.unseen(facts)
    findings += dag.check_part("skipped tasks", lambda: skips.skipped(session, facts))
    if len(failed) < 2:
        findings += callbacks.of_successes(session, facts)
    findings += dag.of_file(facts)
    # What is cleared does not run while the Dag is paused.
    if facts.run.get("state") == "failed":
        findings += dag.of_pause(session, facts)
    if facts.run.get("state") == "success":
        findings += run_end.why_green(facts, failed)
        findings += dag.check_part("its assets", lambda: no_run.of_assets(session, facts))
    if failed:
        findings += dag.check_part("earlier runs", lambda: last_success.changes(session, facts, failed))
    # Airflow fails a run by its timeout without failing a task, and a user can set its state by hand.
    elif facts.run.get("state") == "failed":
        findings.insert(0, run_end.without_failed_task(session, facts))
    return findings


def _report(facts: Facts, findings: list[Finding]) -> Report:
    is_wrong = any(finding.tone == BAD for finding in findings) or facts.run.get("state") == "failed"
    lines = tuple(dict.fromkeys(text for finding in findings for text in finding.next))
    section = _headline(facts, findings, is_wrong)
    data = {
        "dag_id": facts.dag_id,
        "dag_run_id": facts.run_id or None,
        "state": facts.run.get("state"),
        "wrong": is_wrong,
        "verdict": section.title,
        "findings": [finding.data for finding in findings],
        "next": list(lines),
    }
    # A script that diagnoses wants to know whether there is something to do, not whether it could look.
    code = REFUSED if is_wrong else DONE
    return Report((section, *(finding.section for finding in findings)), data, code, lines[:6])


def _headline(facts: Facts, findings: list[Finding], is_wrong: bool) -> Section:
    if not facts.run:
        return Section(f"{facts.dag_id} has not run", tone=WARN if is_wrong else "")
    state, name = str(facts.run.get("state")), f"{facts.dag_id} {facts.run_id}"
    if state == "success":
        return Section(f"{name} succeeded {_format_end(facts)}".rstrip(), tone=WARN if is_wrong else GOOD)
    if state == "failed":
        return Section(f"{name} failed {_format_end(facts)}".rstrip(), tone=BAD)
    began = facts.run.get("start_date") or facts.run.get("queued_at")
    passed = seconds_since(began, facts.now)
    since = "" if passed is None else f" for {duration(max(0.0, passed))}"
    return Section(
        f"{name} is {state}{since}{_verdict(facts, findings, is_wrong)}",
        tone=WARN if findings_warn(findings) else GOOD,
    )


def _verdict(facts: Facts, findings: list[Finding], is_wrong: bool) -> str:
    """Return that nothing holds a run up, where every known cause was looked at and its tasks move."""
    if is_wrong or findings_warn(findings):
        return ""
    unseen = any(finding.kind in ("not_seen", "left_out") for finding in findings)
    moves = bool(facts.of_state("running", "deferred", "up_for_reschedule", "queued"))
    return ": nothing holds it up" if moves and not unseen else ": nothing known holds it up"


def findings_warn(findings: list[Finding]) -> bool:
    return any(finding.tone in (BAD, WARN) for finding in findings)


def _format_end(facts: Facts) -> str:
    start, end = (seconds_since(facts.run.get(name), facts.now) for name in ("start_date", "end_date"))
    took = "" if start is None or end is None else f", after {duration(start - end)}"
    return f"{'' if end is None else age(max(0.0, end))}{took}"


def _of_deployment(session: Session) -> Report:
    """Return the status, and what the newest failed run of each Dag says."""
    status = deployment.look(session, 24.0)
    lines = [suggest("diagnose", str(run.get("dag_id")), str(run.get("dag_run_id")))
             for run in deployment.failed_dags(status)[:5]]  # fmt: skip
    causes = _causes(session, status)
    sections = (*deployment.sections(status), *(finding.section for finding in causes))
    data = {
        **deployment.data(status),
        "next": lines,
        "findings": [{"kind": finding.kind, "message": finding.title, **finding.facts} for finding in causes],
    }
    return Report(sections, data, status.code(strict=True), tuple(lines))


def _causes(session: Session, status: deployment.Deployment) -> list[Finding]:
    """Return why the newest failed runs failed, a line each."""
    # Each costs a request for its task and one for a log, which may be long.
    runs = deployment.failed_dags(status)[:3]
    api = session.api

    def cause(run: dict[str, Any]) -> Finding | None:
        path = {"dag_id": str(run["dag_id"]), "dag_run_id": str(run["dag_run_id"])}
        # The first that failed: those after it often fail because of it.
        query = {"state": ("failed",), "order_by": "end_date"}
        records = api.pages("get_task_instances", "task_instances", limit=1, query=query, **path)
        first = next(iter(records), None)
        if first is None:
            return None
        why = causes.first_words(session, path, first)
        when = ago(run.get("end_date"), status.now)
        title = f"{path['dag_id']}: {first.get('task_id')} failed {when}: {why}"
        return Finding("failed", title, BAD, facts={**path, "task_id": first.get("task_id"), "why": why})

    parts = of_each(cause, runs)
    return [part.value for part in parts if part.value]
