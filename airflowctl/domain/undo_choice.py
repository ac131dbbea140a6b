"""Which of the kept changes is taken back."""

from __future__ import annotations

from airflowctl.core.errors import NotUndone, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session
    from airflowctl.undo.entry import Entry


def choose_change(session: Session, number: int | None) -> Entry:
    """Return the change to take back: the last one, or that of the number. Raises NotUndone."""
    entries = session.parts.journal.entries()
    entries_here = [entry for entry in entries if _is_here(session, entry)]
    if number is not None:
        result = next((entry for entry in entries if entry.number == number), None)
        if result is None:
            raise UsageError(f"no change has the number {number}", f"see: {suggest('undo', 'list')}")
    # A line that names a server means the last change there.
    elif session.options.env or session.options.url:
        result = next(iter(entries_here or entries), None)
    else:
        result = next(iter(entries), None)
    if result is None:
        raise NotUndone("there is nothing to undo: nothing was changed by hand within the last hour")
    if not _is_here(session, result):
        raise NotUndone(
            f"the last change was made on {result.environment} ({result.origin}): {result.summary}",
            f"to take it back: {_elsewhere(session, result, number)}",
        )
    if reason := result.obstacle():
        raise NotUndone(f"{result.summary} cannot be undone: {reason}", _instead(result, entries_here))
    return result


def _is_here(session: Session, entry: Entry) -> bool:
    environment = session.server.environment
    return (entry.environment, entry.origin) == (environment.name, environment.url)


def _elsewhere(session: Session, entry: Entry, number: int | None) -> str:
    known = session.environments.get(entry.environment)
    url = () if known and known.url == entry.origin else ("--url", entry.origin)
    change = () if number is None else ("--change", number)
    return suggest("-e", entry.environment, *url, "undo", *change)


def _instead(entry: Entry, entries_here: list[Entry]) -> str:
    """Return how to look at what is there, and how to take back the change before it."""
    earlier = (other for other in entries_here if other.number < entry.number and not other.obstacle())
    before = next(earlier, None)
    hints = [f"to look: {suggest(*entry.look)}"] if entry.look else []
    if before is not None:
        line = suggest("undo", "--change", before.number)
        hints.append(f"to take back the change before it, {before.summary}: {line}")
    return "; ".join(hints)
