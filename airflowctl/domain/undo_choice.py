"""Which of the kept changes is taken back."""

from __future__ import annotations

from airflowctl.core.errors import NotUndone, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session
    from airflowctl.undo.entry import Entry


def choose_change(session: Session, number: int | None) -> Entry:
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
