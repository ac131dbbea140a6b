"""Taking back the last change. What was there is kept for an hour when a person changes something."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, DRY_RUN, command, opt
from airflowctl.core.converters import whole_number
from airflowctl.core.effect import OVERWRITE, effect
from airflowctl.core.errors import REFUSED, NotUndone, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.undo import KINDS, NONE
from airflowctl.core.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflowctl.session.session import Session
    from airflowctl.undo.entry import Entry
    from airflowctl.undo.reversal import Step

LISTED = ("number", "time", "environment", "user", "change", "undo", "reason")
PLANNED = ("kind", "name", "action", "field", "now", "then", "reason")
_MOST_LINES = 20  # of what is to be written, before the question
_OPS = tuple(
    dict.fromkeys(
        op
        for kind in KINDS.values()
        for op in (kind.read, kind.read_unmapped, kind.list, kind.update, kind.create, kind.delete)
        if op
    )
)


@command(
    "undo",
    "Take the last change back, within an hour.",
    opt("--change", help="That of this number in undo list.", convert=whole_number, metavar="N"),
    DRY_RUN,
    asks=(ALWAYS,),
    uses=_OPS,
    changes=("variable", "connection", "pool", "dag", "run"),
    effect=effect(OVERWRITE, in_handler=True),
    undo=NONE,
    about="Kept are changes of variables, connections, pools, pauses, notes and marks that were made in the"
    " shell or at a terminal, not those of scripts. It shows what it will write, asks, and refuses where"
    " something has changed since. What the server masks cannot come back.",
    examples=("airflowctl undo", "airflowctl undo --dry-run"),
)
def undo(session: Session, change: int | None, dry_run: bool) -> Rows:
    from airflowctl.undo import reversal

    if not dry_run:
        session.console.require_user("undo")
    entry = _chosen(session, change)
    steps = reversal.plan(session.api, entry)
    if dry_run:
        return _plan(session, entry, steps)
    _show(session, entry, steps)
    ready = [step for step in steps if not step.problem]
    session.console.confirm(f"{entry.summary}: {counted(len(ready), entry.kind)} would be as before.", "undo")
    failed = reversal.take_all_back(session.api, entry.spec, steps)
    session.shared.journal.keep_only(entry, tuple(failed))
    return _outcomes(entry, steps, failed)


@command(
    "undo list",
    "List the changes of the last hour that are kept, the newest first.",
    about="The reason says why a change cannot be taken back, as far as that is known without a request.",
    examples=("airflowctl undo list", "airflowctl undo list -o json"),
)
def list_changes(session: Session) -> Rows:
    rows = (_row(entry) for entry in session.shared.journal.entries())
    return Rows(
        rows, LISTED, "number", {"user": "", "reason": None}, "nothing was changed within the last hour"
    )


def _row(entry: Entry) -> dict[str, object]:
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


def _chosen(session: Session, number: int | None) -> Entry:
    """The change to take back: the last one, or that of the number. Raises NotUndone."""
    entries = session.shared.journal.entries()
    here = [entry for entry in entries if _is_here(session, entry)]
    if number is not None:
        found = next((entry for entry in entries if entry.number == number), None)
        if found is None:
            raise UsageError(f"no change has the number {number}", f"see: {suggest('undo', 'list')}")
    elif session.options.env or session.options.url:
        found = next(iter(here or entries), None)
    else:
        found = next(iter(entries), None)
    if found is None:
        raise NotUndone("there is nothing to undo: nothing was changed by hand within the last hour")
    if not _is_here(session, found):
        raise NotUndone(
            f"the last change was made on {found.environment} ({found.origin}): {found.summary}",
            f"to take it back: {_elsewhere(session, found, number)}",
        )
    if reason := found.obstacle():
        raise NotUndone(f"{found.summary} cannot be undone: {reason}", _instead(found, here))
    return found


def _is_here(session: Session, entry: Entry) -> bool:
    environment = session.server.environment
    return (entry.environment, entry.origin) == (environment.name, environment.url)


def _elsewhere(session: Session, entry: Entry, number: int | None) -> str:
    known = session.environments.get(entry.environment)
    url = () if known and known.url == entry.origin else ("--url", entry.origin)
    change = () if number is None else ("--change", number)
    return suggest("-e", entry.environment, *url, "undo", *change)


def _instead(entry: Entry, here: list[Entry]) -> str:
    """How to look at what is there, and how to take back the change before it."""
    earlier = (other for other in here if other.number < entry.number and not other.obstacle())
    before = next(earlier, None)
    hints = [f"to look: {suggest(*entry.look)}"] if entry.look else []
    if before is not None:
        line = suggest("undo", "--change", before.number)
        hints.append(f"to take back the change before it, {before.summary}: {line}")
    return "; ".join(hints)


def _show(session: Session, entry: Entry, steps: list[Step]) -> None:
    """What is to be written, on stderr; raises NotUndone where nothing is."""
    from airflowctl.undo.reversal import describe

    if all(step.problem for step in steps):
        hint = f"to look: {suggest('undo', '--change', entry.number, '--dry-run')}"
        raise NotUndone(
            f"{entry.summary} cannot be undone: {steps[0].problem}", "" if len(steps) == 1 else hint
        )
    lines = [line for step in steps for line in describe(entry, step, session.shared.redact)]
    for line in lines[:_MOST_LINES]:
        session.output.note(line)
    if len(lines) > _MOST_LINES:
        more = counted(len(lines) - _MOST_LINES, "more line")
        session.output.note(f"and {more}; all of them: {suggest('undo', '--dry-run')}")
    if entry.spec.aside:
        session.output.note(entry.spec.aside)


def _plan(session: Session, entry: Entry, steps: Iterable[Step]) -> Rows:
    from airflowctl.undo.entry import name_of
    from airflowctl.undo.reversal import field_changes

    rows, code = [], 0
    for step in steps:
        row = {"kind": entry.kind, "name": name_of(step.item.key), "action": step.action}
        fields = [] if step.problem else field_changes(entry.spec, step, session.shared.redact)
        parts = [{"field": field, "now": now, "then": then} for field, now, then in fields]
        nothing: list[dict[str, str | None]] = [dict.fromkeys(("field", "now", "then"))]
        rows += [{**row, **part, "reason": step.problem or None} for part in parts or nothing]
        code = REFUSED if step.problem else code
    return Rows(rows, PLANNED, "name", {"reason": None}, code=code)


def _outcomes(entry: Entry, steps: Iterable[Step], failed: dict[tuple[str, ...], str]) -> Rows:
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
