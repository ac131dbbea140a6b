"""Bring a background line to the foreground."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.line_number import NUMBER

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "fg",
    "Bring a background line to the foreground; Ctrl-C ends it.",
    NUMBER._replace(required=False, help="The line, as jobs numbers it: %1; the newest if not given."),
    session_only=True,
    about="Output that the prompt has not shown yet is printed first, then the rest as it comes. The"
    " exit code is that of the line. Ctrl-Z moves the line to the background again.",
    examples=("airflowctl fg %1",),
)
def fg(session: Session, number: int | None) -> Ran:
    from airflowctl.core.rich_results import Ran
    from airflowctl.execution.background_lines import lines_of
    from airflowctl.execution.foreground import bring_to_front

    lines = lines_of(session)
    return Ran(bring_to_front(lines.find(number), lines, session))
