"""All commands on one page."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "cheat-sheet",
    "List every command with its summary.",
    about="Sends no request.",
    examples=(
        "airflowctl cheat-sheet",
        'airflowctl cheat-sheet -o json --query "[?operation==null].command"',
    ),
)
def cheat_sheet(session: Session) -> Rows:
    rows = [
        {
            "command": " ".join(
                (
                    all_command.line,
                    *(f"{argument.label}{'...' * argument.repeatable}" for argument in all_command.arguments),
                )
            ),
            "summary": all_command.summary,
            "operation": all_command.op or None,
            # For JSON only: a table has the words that help shows.
            "also": list(all_command.aliases),
        }
        for all_command in session.registry.all_commands()
    ]
    return Rows(rows, ("command", "summary"), "command")
