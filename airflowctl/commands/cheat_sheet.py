"""All commands on one page."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "cheat-sheet",
    "List every command with what it does.",
    about="Asks no server.",
    examples=(
        "airflowctl cheat-sheet",
        'airflowctl cheat-sheet -o json --query "[?operation==null].command"',
    ),
)
def cheat_sheet(session: Session) -> Rows:
    rows = [
        {
            "command": " ".join((found.line, *(f"{it.shown}{'...' * it.many}" for it in found.arguments))),
            "summary": found.summary,
            "operation": found.op or None,
            "also": list(found.also),
        }
        for found in session.registry.all_commands()
    ]
    return Rows(rows, ("command", "summary"), "command")
