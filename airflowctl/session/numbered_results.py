"""The numbers in what the shell shows: those of rows, for `$7`, and those of lines to run next, for `!1`."""

from __future__ import annotations

from airflowctl.core.results import Rows
from airflowctl.core.rich_results import Report
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.command import Command
    from airflowctl.core.rich_results import Printable
    from airflowctl.session.session import Session


def number_result(result: Printable, command: Command, session: Session) -> Printable:
    """Return a report with the numbers that run its lines at the prompt, and a list with those that name its
    rows there: where it fills the window of a user, and its rows are things with names."""
    if isinstance(result, Report):
        # A line in the background must not change what `!1` runs under a user who is typing it.
        return result._replace(is_numbered=session.can_ask)
    if not isinstance(result, Rows) or not session.streams.rows or session.options.query:
        return result
    if not session.parts.settings.is_on("numbers"):
        return result
    from airflowctl.session.row_names import can_name

    names = can_name(command.op, result.columns, session.registry.kinds())
    return result._replace(is_numbered=True) if names else result
