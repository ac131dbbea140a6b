"""Leave the shell."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.errors import ExitSession
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "exit",
    "Leave the shell (or Ctrl-D); in a batch, end it here.",
    examples=("airflowctl exit",),
)
def leave(session: Session) -> Result:
    raise ExitSession
