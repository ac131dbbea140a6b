"""What taking a change back will write, and what came of it."""

from __future__ import annotations

from airflowctl.core.errors import REFUSED, NotUndone
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflowctl.session.session import Session
    from airflowctl.undo.entry import Entry
    from airflowctl.undo.reversal import Step


PLANNED = ("kind", "name", "action", "field", "now", "then", "reason")
_MOST_LINES = 20  # of what is to be written, before the question


def change_row(entry: Entry) -> dict[str, object]:
    from datetime import UTC, datetime

    reason = entry.obstacle()
    return {
        "number": entry.number,
        "time": datetime.fromtimestamp(entry.time, UTC).isoformat(timespec="seconds"),
        "environment": entry.environment,
        "url": entry.origin,
        "user": entry.user,
        "change": entry.summary,
        "kind": entry.kind or None,
        "undo": not reason,
        "reason": reason or None,
    }


def show_steps(session: Session, entry: Entry, steps: list[Step]) -> None:
    """What is to be written, on stderr; raises NotUndone where nothing is."""
    from airflowctl.undo.reversal import describe

    # Some that can be taken back are worth it; of none the first reason stands for all.
    if all(step.problem for step in steps):
        hint = f"to look: {suggest('undo', '--change', entry.number, '--dry-run')}"
        raise NotUndone(
            f"{entry.summary} cannot be undone: {steps[0].problem}", "" if len(steps) == 1 else hint
        )
    lines = [line for step in steps for line in describe(entry, step, session.parts.redact)]
    for line in lines[:_MOST_LINES]:
        session.output.note(line)
    if len(lines) > _MOST_LINES:
        more = format_count(len(lines) - _MOST_LINES, "more line")
        session.output.note(f"and {more}; all of them: {suggest('undo', '--dry-run')}")
    if entry.spec.aside:
        session.output.note(entry.spec.aside)


def list_steps(session: Session, entry: Entry, steps: Iterable[Step]) -> Rows:
    from airflowctl.undo.entry import name_of
    from airflowctl.undo.reversal import field_changes

    rows, code = [], 0
    for step in steps:
        row = {"kind": entry.kind, "name": name_of(step.item.key), "action": step.action}
        fields = [] if step.problem else field_changes(entry.spec, step, session.parts.redact)
        parts = [{"field": field, "now": now, "then": then} for field, now, then in fields]
        empty_parts: list[dict[str, str | None]] = [dict.fromkeys(("field", "now", "then"))]
        rows += [{**row, **part, "reason": step.problem or None} for part in parts or empty_parts]
        code = REFUSED if step.problem else code
    return Rows(rows, PLANNED, "name", {"reason": None}, code=code)


def list_outcomes(entry: Entry, steps: Iterable[Step], failed: dict[tuple[str, ...], str]) -> Rows:
    from airflowctl.domain.bulk_results import NOT_DONE, outcomes
    from airflowctl.undo.entry import name_of

    rows = [
        {
            "kind": entry.kind,
            "name": name_of(step.item.key),
            "result": NOT_DONE if step.item.key in failed else step.result,
            "reason": failed.get(step.item.key),
        }
        for step in steps
    ]
    return outcomes(rows, "kind", "name")
