"""What a user reads of a backfill and its runs, and what running its failed dates again would be."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, format_list
from airflowctl.domain.runs.backfill_runs import (
    Progress,
    date_of,
    fetch_backfills,
    fetch_runs_of,
    is_cancelled,
    measure_progress,
)
from airflowctl.domain.runs.watch_backfill import say_failures, say_held, say_no_runs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from airflowctl.session.session import Session

_KEPT = ("dag_id", "dag_run_conf", "max_active_runs")  # of the old backfill, for the new one


def report_progress(session: Session, backfill: dict[str, Any]) -> Record:
    """Return the backfill with how far its runs are. Raises CliError."""
    from datetime import UTC, datetime

    runs = _fetch_runs(session, backfill)
    progress = measure_progress(runs, datetime.now(UTC))
    left = progress.seconds_left
    item = {
        **backfill,
        "runs": progress.counts,
        "failed_dates": [date_of(run) for run in progress.failed],
        "seconds_left": None if left is None else round(left),
    }
    # A program that reads JSON has the states and the dates there.
    if session.options.output is None or session.output.format.is_for_eyes:
        _say_next(session, backfill, progress)
    return Record(item, "id")


def _say_next(session: Session, backfill: dict[str, Any], progress: Progress) -> None:
    left_over = progress.total - progress.ended
    if not progress.total:
        say_no_runs(session, backfill)
    elif left_over and is_cancelled(backfill):
        say_held(session, backfill, left_over)
    elif left_over:
        session.output.note(f"watch it: {suggest('backfill', 'watch', backfill['id'])}")
    if progress.failed and backfill.get("completed_at"):
        say_failures(session, backfill, progress)


def find_failed_dates(session: Session, backfill: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a backfill of the failed dates; empty where none failed. Raises UsageError where
    the old one has not ended: a Dag has one at a time."""
    number, dag_id = backfill["id"], backfill["dag_id"]
    failed = [run for run in _fetch_runs(session, backfill) if run.get("state") == "failed"]
    dates = sorted(str(date) for run in failed if (date := date_of(run)))
    if dates and not backfill.get("completed_at"):
        again = suggest("dags", "clear", dag_id, "--run-id", failed[0]["dag_run_id"])
        raise UsageError(
            f"backfill {number} has not ended, and a Dag has one backfill at a time",
            f"wait for its end: {suggest('backfill', 'watch', number)}; or run one again within it: {again}",
        )
    if not dates:
        return {}
    kept = {name: backfill[name] for name in _KEPT if backfill.get(name) is not None}
    return {**kept, "from_date": dates[0], "to_date": dates[-1], "reprocess_behavior": "failed"}


def confirm_rerun(session: Session, backfill: dict[str, Any], plan: Sequence[dict[str, Any]]) -> None:
    """Ask, with the dates. Raises UsageError."""
    dates = [str(row.get("logical_date") or row.get("partition_key")) for row in plan]
    text = f"{format_count(len(dates), 'date')} of {backfill['dag_id']} would run again: {format_list(dates)}"
    session.console.confirm(text, "backfill rerun")


def _fetch_runs(session: Session, backfill: dict[str, Any]) -> list[dict[str, Any]]:
    return fetch_runs_of(session, backfill, fetch_backfills(session, str(backfill["dag_id"])))
