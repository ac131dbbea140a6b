"""Fetch the names for completion again."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "refresh",
    "Fetch the names for completion again, at their next use.",
    session_only=True,
    about="Names that are older than half a minute are fetched again without it. Use it for a name that"
    " was created elsewhere just now.",
    examples=("airflowctl refresh",),
)
def refresh(session: Session) -> Text:
    # Fetched at their next use, not now: all kinds of names at once would take a large server seconds.
    session.server.names.forget()
    return Text("names are fetched anew at their next use")
