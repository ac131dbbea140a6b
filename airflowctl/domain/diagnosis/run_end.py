"""Why a run failed though none of its tasks did: a user, its timeout, its cancelled backfill."""

from __future__ import annotations

from airflowctl.core.durations import ago, duration, moment
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list
from airflowctl.domain.diagnosis import queued_run, server_record
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.diagnosis.remedies import parse_span
from airflowctl.domain.parallel import alone
from airflowctl.domain.runs.backfill_runs import BACKFILL

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_TEARDOWN = "all_done_setup_success"  # the trigger rule of every teardown, and of no other task
_TITLE = "the run failed, but none of its tasks did"


def without_failed_task(session: Session, facts: Facts) -> Finding:
    """Return why a run failed though no task of it did."""
    entry = server_record.of_run_end(facts.events.value or (), facts.run)
    if entry is not None:
        title = f"{_TITLE}: {entry.words} {ago(entry.when, facts.now)}"
        return _finding(facts, title, [entry.evidence], (), _clear(facts))
    if (limit := _timeout(facts)) is not None:
        took = facts.run.get("duration")
        title = f"{_TITLE}: it took longer than its dag_run_timeout of {duration(limit)}"
        body = (f"dag_run_timeout is {facts.dag.get('dag_run_timeout')}, and it took {took} s.",)
        slow = suggest("dagrun", "gantt", facts.dag_id, facts.run_id)
        return _finding(
            facts, title, ["the run's duration, and the Dag's dag_run_timeout"], body, (slow, *_clear(facts))
        )
    if facts.run.get("run_type") == BACKFILL:
        cancelled = alone(lambda: _cancelled(session, facts)).value
        if cancelled is not None:
            return cancelled  # type: ignore[no-any-return]
    record_state = (
        "the server's record" if facts.events.error is None else "the server's record cannot be seen"
    )
    body = ("A user set the state, or it took longer than the dag_run_timeout that the Dag had then.",)
    see = suggest("events", "list", "--dag-id", facts.dag_id, "--run-id", facts.run_id)
    more = {"evidence": [], "looked_at": [record_state], "sure": "not known"}
    return Finding("no_task_failed", f"{_TITLE}: not known why", BAD, body, more, (see,))


def why_green(facts: Facts, failed: list[dict[str, Any]]) -> list[Finding]:
    """Return why a run succeeded though tasks of it failed: the last tasks decide, teardowns do not count."""
    if not failed:
        return []
    names = [str(entry.get("task_id")) for entry in failed]
    title = "the run succeeded all the same: "
    if all(facts.task(name).get("trigger_rule") == _TEARDOWN for name in names):
        title += "a failed teardown does not count"
    else:
        tasks = facts.tasks.value or {}
        last = {name: str(task.get("trigger_rule")) for name, task in tasks.items()
                if not task.get("downstream_task_ids") and task.get("trigger_rule") != _TEARDOWN}  # fmt: skip
        title += "its last tasks decide, and none of them failed"
        rules = [f"{name}: trigger rule {rule}" for name, rule in last.items() if rule != "all_success"]
        title += f" ({format_list(rules)})" if rules else ""
    more = {
        "evidence": ["the Dag's tasks and their states"],
        "sure": "certain" if facts.tasks.value else "likely",
    }
    return [Finding("why_success", title, facts=more)]


def _timeout(facts: Facts) -> float | None:
    """Return the Dag's limit in seconds, where the run took longer."""
    limit, took = parse_span(str(facts.dag.get("dag_run_timeout"))), facts.run.get("duration")
    if not isinstance(took, int | float):
        start, end = moment(facts.run.get("start_date")), moment(facts.run.get("end_date"))
        took = (end - start).total_seconds() if start and end else None
    return limit if limit is not None and took is not None and took >= limit else None


def _cancelled(session: Session, facts: Facts) -> Finding | None:
    backfill = queued_run.find_backfill(session, facts)
    # Airflow fails the queued runs of a backfill that is cancelled; they never began.
    if backfill is None or not backfill.get("completed_at") or facts.run.get("start_date"):
        return None
    number = str(backfill.get("id"))
    entry = server_record.of_backfill(session, number)
    who = entry.owner if entry is not None and entry.owner else ""
    by = f" by {who}" if who else ""
    title = (
        f"{_TITLE}: its backfill {number} was cancelled{by} {ago(backfill.get('completed_at'), facts.now)}"
    )
    evidence = [f"backfill {number}: completed_at", *([entry.evidence] if entry else [])]
    # What is cleared would stay queued: a cancelled backfill is paused, and cannot be unpaused.
    again = (suggest("backfill", "rerun", number),)
    return _finding(facts, title, evidence, (), again, {"backfill_id": backfill.get("id")})


def _clear(facts: Facts) -> tuple[str, ...]:
    return (suggest("dagrun", "clear", facts.dag_id, facts.run_id),)


def _finding(
    facts: Facts, title: str, evidence: list[str], body: tuple[str, ...], lines: tuple[str, ...],
    more: dict[str, Any] | None = None,
) -> Finding:  # fmt: skip
    details = {"evidence": evidence, "sure": "certain", **(more or {})}
    body = (f"evidence: {', '.join(evidence)}", *body)
    return Finding("no_task_failed", title, BAD, body, details, lines)
