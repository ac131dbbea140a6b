"""Run a line for each row of a list."""

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "each",
    "Run a line for each row of the list before it.",
    arg(
        "line",
        "The line; {dag_id} stands for that field of the row. Without a field, the names of the row"
        " follow the command.",
        repeatable=True,
        required=True,
        complete=LINE,
    ),
    session_only=True,
    about="All lines are checked before the first one runs. If they change something, they are shown,"
    " one question covers all of them, and the result has a row for each line; otherwise each line"
    " prints its result. Exits 0 when all succeeded, with their common code when all failed alike,"
    " and 1 when some failed.",
    examples=("airflowctl each dags unpause {dag_id}",),
)
def each(session: Session, line: tuple[str, ...]) -> Rows | Ran:
    from airflowctl.core.rich_results import Ran
    from airflowctl.execution.row_lines import run_for_rows
    from airflowctl.execution.row_stages import PipedRows, lines_for_command

    piped = session.parts.piped
    if not isinstance(piped, PipedRows):
        raise UsageError(
            "there are no rows before it", "write a list before it: dags list | each why {dag_id}"
        )
    session.parts.piped = None  # a line within it has no rows before it
    lines = [
        row
        for index in range(len(piped.items))
        for row in lines_for_command(line, piped.only([index]), session)
    ]
    result = run_for_rows(lines, session)
    return Ran(result) if isinstance(result, int) else result
