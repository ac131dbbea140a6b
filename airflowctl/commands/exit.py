"""Leave the shell."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import exit_code
from airflowctl.core.errors import ExitSession
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "exit",
    "Leave the shell (or Ctrl-D); in a batch, end it here.",
    arg(
        "code",
        "The exit code; if not given, 0, or in a batch that of the first command that failed.",
        default=None,
        convert=exit_code,
    ),
    examples=("airflowctl exit", "airflowctl exit 3"),
)
def leave(session: Session, code: int | None) -> Result:
    raise ExitSession(code)
