"""Rows that the user chooses from a list."""

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command
from airflowctl.core.errors import FormLeft, UsageError
from airflowctl.core.options import BATCH
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "pick",
    "Choose rows of the list before it, and pass them to the command after it.",
    arg("line", "The line that prints the list, if no list comes before it.", repeatable=True, complete=LINE),
    about="Type letters to narrow the list, Space marks a row, Enter takes the marked rows, or the row"
    " at the cursor. `| pick |` passes the names in them to the next command of airflowctl; at the"
    " end of a line the rows are the result. It needs a terminal: in a script use filters, --query"
    " and each.",
    examples=("airflowctl pick dags list -o name",),
)
def pick(session: Session, line: tuple[str, ...]) -> Rows | Ran:
    from airflowctl.core.rich_results import Ran
    from airflowctl.execution.row_stages import PipedRows, catch_rows
    from airflowctl.execution.stage_check import refuse_pick

    if session.mode == BATCH or not session.can_ask or not session.streams.can_fill_in:
        raise refuse_pick()
    piped = session.parts.piped
    if line:
        code, piped = catch_rows(line, session, "pick")
        if piped is None:
            return Ran(code)
    if not isinstance(piped, PipedRows):
        raise UsageError("there are no rows to pick from", "write a list before it: dags list | pick")
    session.parts.piped = None
    if not piped.items:
        return piped.rows
    indexes = session.console.choose_rows(piped.rows)
    if not indexes:
        raise FormLeft("nothing was picked")
    return piped.only(indexes).rows
