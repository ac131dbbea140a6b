"""A line of the background, in front."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.line_number import NUMBER

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "fg",
    "Wait for a line in the background; Ctrl-C ends it.",
    NUMBER._replace(required=False, help="The line, as jobs numbers it: %1; the newest if not given."),
    session_only=True,
    about="What it prints comes when it has ended. The exit code is that of the line.",
    examples=("airflowctl fg %1",),
)
def fg(session: Session, number: int | None) -> Ran:
    from airflowctl.core.rich_results import Ran
    from airflowctl.execution.background_lines import lines_of

    lines = lines_of(session)
    line = lines.find(number)
    session.output.note(f"[{line.number}] {line.text}")
    return Ran(lines.wait(line))
