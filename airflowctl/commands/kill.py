"""Stop a background line."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.line_number import NUMBER

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "kill",
    "End a background line, as Ctrl-C ends a line in the foreground.",
    NUMBER,
    session_only=True,
    about="What it has changed on the server stays changed. It ends after the answer to a request that"
    " is under way.",
    examples=("airflowctl kill %1",),
)
def kill(session: Session, number: int) -> Text:
    from airflowctl.core.errors import UsageError
    from airflowctl.execution.background_lines import lines_of

    lines = lines_of(session)
    line = lines.find(number)
    if line.code is not None:
        raise UsageError(f"line %{number} has ended already", "jobs shows those that run")
    lines.stop(line)
    return Text(f"ending %{number}: {line.text}")
