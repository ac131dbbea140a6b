"""Why a run is queued: its date, the limit of its Dag, the limit or the pause of its backfill."""

from __future__ import annotations

from airflowctl.core.durations import age, duration, moment, seconds_since
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, WARN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.runs.backfill_runs import (
    BACKFILL,
    backfill_of,
    fetch_backfills,
    has_date_of,
    is_cancelled,
)

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_SHOWN = 3
_SOON = 5.0  # seconds in which a scheduler that has nothing else to do starts a run


def of_queued_run(session: Session, facts: Facts) -> list[Finding]:
    """Return why a run has not begun."""
    due = moment(facts.run.get("run_after"))
    # A run may be triggered for a later time: until then nothing is wrong with its waiting.
    if due and due > facts.now:
        when = age((facts.now - due).total_seconds())
        more = {
            "run_after": facts.run.get("run_after"),
            "evidence": ["the run's run_after"],
            "sure": "certain",
        }
        see = suggest("dagrun", "get", facts.dag_id, facts.run_id)
        title = f"the run is due {when}: {facts.run.get('run_after')}"
        return [Finding("not_due", title, facts=more, next=(see,))]
    query = {"state": ("running",), "order_by": "start_date"}
    rows, _ = session.api.page("get_dag_runs", "dag_runs", {"dag_id": facts.dag_id}, query=query)
    if facts.run.get("run_type") == BACKFILL:
        return _of_backfill(session, facts, rows)
    # Airflow counts the runs of backfills apart from all others.
    return _of_limit(facts, [run for run in rows if run.get("run_type") != BACKFILL])


def unexplained(facts: Facts, held: list[Finding]) -> list[Finding]:
    """Return that a run is queued for a while, where none of the known causes holds it."""
    passed = seconds_since(facts.run.get("queued_at"), facts.now)
    if held or passed is None or passed < _SOON:
        return []
    title = f"the run is queued for {duration(passed)}: not known why"
    body = ("No limit, pause or date that the API tells holds it: the scheduler has not come to it yet.",)
    more = {"seconds": round(passed), "evidence": [], "sure": "not known"}
    return [Finding("not_started", title, WARN, body, more, (suggest("status"),))]


def _of_limit(facts: Facts, active: list[dict[str, Any]]) -> list[Finding]:
    most = facts.dag.get("max_active_runs")
    if not isinstance(most, int) or not 0 < most <= len(active):
        return []
    return [
        _full(
            facts,
            "max_active_runs",
            f"max_active_runs of the Dag is {most}",
            active,
            {"max_active_runs": most},
        )
    ]


def _full(facts: Facts, kind: str, limit: str, active: list[dict[str, Any]], more: dict[str, Any]) -> Finding:
    ids = [str(run.get("dag_run_id")) for run in active]
    are = "is" if len(ids) == 1 else "are"
    title = f"{limit}, and {format_count(len(ids), 'run')} of it {are} running"
    rest = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    body = (f"first to end: {', '.join(ids[:_SHOWN])}{rest}",)
    more |= {"running": len(ids), "runs": ids[:_SHOWN], "sure": "certain"}
    more["evidence"] = ["the limit, and the runs that are running"]
    return Finding(kind, title, BAD, body, more, (suggest("diagnose", facts.dag_id, ids[0]),))


def _of_backfill(session: Session, facts: Facts, running: list[dict[str, Any]]) -> list[Finding]:
    backfill = find_backfill(session, facts)
    if backfill is None:
        return []
    number = backfill.get("id")
    more: dict[str, Any] = {"backfill_id": number, "sure": "certain"}
    if is_cancelled(backfill):
        return [_explain_cancelled(facts, number, more)]
    if backfill.get("is_paused"):
        title = f"its backfill {number} is paused: no run of it is started"
        more["evidence"] = [f"backfill {number}: is_paused"]
        return [Finding("backfill_paused", title, BAD, (), more, (suggest("backfill", "unpause", number),))]
    most = backfill.get("max_active_runs")
    active = [run for run in running if run.get("run_type") == BACKFILL and has_date_of(backfill, run)]
    if not isinstance(most, int) or not 0 < most <= len(active):
        return []
    more["max_active_runs"] = most
    return [
        _full(
            facts,
            "backfill_max_active_runs",
            f"max_active_runs of its backfill {number} is {most}",
            active,
            more,
        )
    ]


def _explain_cancelled(facts: Facts, number: object, more: dict[str, Any]) -> Finding:
    title = f"its backfill {number} was cancelled, and stays paused: no run of it is started"
    more["evidence"] = [f"backfill {number}: is_paused, completed_at"]
    body = ("It was cleared after that. Only a new backfill can run its date: it takes runs that failed.",)
    lines = (
        suggest("dagrun", "mark", "failed", facts.dag_id, facts.run_id),
        suggest("backfill", "rerun", number),
    )
    return Finding("backfill_cancelled", title, BAD, body, more, lines)


def find_backfill(session: Session, facts: Facts) -> dict[str, Any] | None:
    """Return the backfill of the run; None where there is none. Raises CliError."""
    return backfill_of(facts.run, fetch_backfills(session, facts.dag_id))
