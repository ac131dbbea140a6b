"""Wait for background lines to end."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.errors import DONE
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.line_number import NUMBER

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "wait",
    "Wait for a background line, or for all if no number is given.",
    NUMBER._replace(required=False, help="The line, as jobs numbers it: %1; all if not given."),
    session_only=True,
    about="The exit code is that of the line or, for several, of the first that failed. Ctrl-C ends the"
    " line that it waits for.",
    examples=("airflowctl wait %1",),
)
def wait(session: Session, number: int | None) -> Ran:
    from airflowctl.core.rich_results import Ran
    from airflowctl.execution.background_lines import lines_of

    lines = lines_of(session)
    chosen = lines.all() if number is None else [lines.find(number)]
    codes = [lines.wait(line) for line in chosen]
    return Ran(next((code for code in codes if code != DONE), DONE))
