"""One answer put together from several calls."""

from __future__ import annotations

from airflowctl.core.durations import age, ago, duration, seconds_since
from airflowctl.core.errors import DONE, REFUSED, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, GOOD, WARN, Report, Section
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.diagnosis import dag as dag
from airflowctl.domain.diagnosis import deployment, failures, tasks
from airflowctl.domain.diagnosis.facts import Facts, Finding, facts
from airflowctl.domain.parallel import of_each
from airflowctl.domain.runs.lookup import NEWEST, newest_run, the_run

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def answer(session: Session, dag_id: str | None, run_id: str | None) -> Report:
    if dag_id is None:
        return _of_deployment(session)
    try:
        dag = session.api.record("get_dag_details", "dag_id", dag_id=dag_id)
    except NotFound as error:
        error.hint = f"see: {suggest('dags', 'list')}; a file that cannot be read has no Dags:" \
            f" {suggest('dags', 'list-import-errors')}"  # fmt: skip
        raise
    found = facts(session, dag, _run(session, dag_id, run_id))
    findings = _findings(session, found)
    return _report(found, findings)


def _run(session: Session, dag_id: str, run_id: str | None) -> dict[str, Any]:
    """The run that is meant; empty where none is named and there is none."""
    if run_id is None:
        return newest_run(session, dag_id) or {}
    if run_id in NEWEST and (newest := newest_run(session, dag_id)):
        return newest
    run_id = the_run(session, dag_id, run_id)
    return session.api.record("get_dag_run", "dag_run_id", dag_id=dag_id, dag_run_id=run_id)


def _findings(session: Session, found: Facts) -> list[Finding]:
    """What failed comes first; of a run that ended only what still matters to it."""
    findings: list[Finding] = []
    failed = found.of_state("failed", "up_for_retry")
    if failed:
        findings += failures.failures(session, found)
    if found.goes_on or not found.run:
        findings += dag.of_server(found)
        findings += dag.of_file(found)
        findings += dag.of_pause(found)
    if not found.run:
        return findings + dag.never_ran(found)
    if found.run.get("state") == "queued":
        findings += dag.guarded("other runs", lambda: dag.of_queued_run(session, found))
    elif found.goes_on:
        findings += tasks.waiting(session, found)
        findings += tasks.progress(found, {it.facts.get("task_id") for it in findings})
    else:
        findings += dag.of_file(found)
    if failed:
        findings += dag.guarded("earlier runs", lambda: failures.changes(session, found, failed))
    elif found.run.get("state") == "failed":
        findings.append(_without_cause(found))
    if found.left_out:
        title = f"the run has more than {len(found.instances)} task instances: not all were looked at"
        findings.append(Finding("left_out", title, WARN))
    return findings


def _without_cause(found: Facts) -> Finding:
    """A run that failed though no task did."""
    limit, took = found.dag.get("dag_run_timeout"), found.run.get("duration")
    body = ["Somebody set the state, or it took longer than dag_run_timeout allows."]
    if limit:
        body.append(f"dag_run_timeout is {limit}, and it took {took} s.")
    see = suggest("events", "list", "--dag-id", found.dag_id, "--run-id", found.run_id)
    title = "the run failed, but none of its tasks did"
    return Finding("no_task_failed", title, BAD, tuple(body), next=(see,))


def _report(found: Facts, findings: list[Finding]) -> Report:
    is_wrong = any(it.tone == BAD for it in findings) or found.run.get("state") == "failed"
    lines = tuple(dict.fromkeys(text for it in findings for text in it.next))
    told = _headline(found, is_wrong)
    data = {
        "dag_id": found.dag_id,
        "dag_run_id": found.run_id or None,
        "state": found.run.get("state"),
        "wrong": is_wrong,
        "verdict": told.title,
        "findings": [
            {"kind": it.kind, "level": it.tone or "info", "message": it.title, **it.facts} for it in findings
        ],
        "next": list(lines),
    }
    code = REFUSED if is_wrong else DONE
    return Report((told, *(it.section for it in findings)), data, code, lines[:6])


def _headline(found: Facts, is_wrong: bool) -> Section:
    if not found.run:
        return Section(f"{found.dag_id} has not run", tone=WARN if is_wrong else "")
    state, name = str(found.run.get("state")), f"{found.dag_id} {found.run_id}"
    if state == "success":
        return Section(f"{name} succeeded {_ended(found)}", tone=WARN if is_wrong else GOOD)
    if state == "failed":
        return Section(f"{name} failed {_ended(found)}", tone=BAD)
    began = found.run.get("start_date") or found.run.get("queued_at")
    passed = seconds_since(began, found.now)
    since = "" if passed is None else f" for {duration(max(0.0, passed))}"
    fine = "" if is_wrong else ": nothing holds it up"
    return Section(f"{name} is {state}{since}{fine}", tone=WARN if is_wrong else GOOD)


def _ended(found: Facts) -> str:
    start, end = (seconds_since(found.run.get(name), found.now) for name in ("start_date", "end_date"))
    took = "" if start is None or end is None else f", after {duration(start - end)}"
    return f"{'' if end is None else age(max(0.0, end))}{took}"


def _of_deployment(session: Session) -> Report:
    """The status, and what the newest failed run of each Dag says."""
    status = deployment.look(session, 24.0)
    lines = [suggest("diagnose", str(run.get("dag_id")), str(run.get("dag_run_id")))
             for run in deployment.failed_dags(status)[:5]]  # fmt: skip
    causes = _causes(session, status)
    sections = (*deployment.sections(status), *(it.section for it in causes))
    data = {**deployment.data(status), "next": lines,
            "findings": [{"kind": it.kind, "message": it.title, **it.facts} for it in causes]}  # fmt: skip
    return Report(sections, data, status.code(strict=True), tuple(lines))


def _causes(session: Session, status: deployment.Deployment) -> list[Finding]:
    """In a line each, why the newest failed runs failed."""
    runs = deployment.failed_dags(status)[:3]
    api = session.api

    def cause(run: dict[str, Any]) -> Finding | None:
        place = {"dag_id": str(run.get("dag_id")), "dag_run_id": str(run.get("dag_run_id"))}
        query = {"state": ("failed",), "order_by": "end_date"}
        found = api.pages("get_task_instances", "task_instances", limit=1, query=query, **place)
        first = next(iter(found), None)
        if first is None:
            return None
        why = failures.first_words(session, place, first)
        when = ago(run.get("end_date"), status.now)
        title = f"{place['dag_id']}: {first.get('task_id')} failed {when}: {why}"
        return Finding("failed", title, BAD, facts={**place, "task_id": first.get("task_id"), "why": why})

    parts = of_each(cause, runs)
    return [part.value for part in parts if part.value]
