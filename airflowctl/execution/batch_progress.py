"""How far a batch is: one line on stderr, on a terminal only, gone before anything else is written."""

from __future__ import annotations

import time

from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution.batch_records import command_name

if TYPE_CHECKING:
    from airflowctl.execution.command_line import CommandLine
    from airflowctl.session.session import Session

_SOON = 2.0  # seconds after which the time that is left can be estimated


class BatchProgress:
    """The progress of so many commands."""

    def __init__(self, session: Session, total: int) -> None:
        self._session, self._total = session, total
        self._began = time.monotonic()
        self._ran = 0

    def show(self, number: int, where: str, line: CommandLine) -> None:
        """Show the command that is about to run, the `number`th; its words, and no value."""
        from airflowctl.output import sanitise

        words = "!" if line.shell else command_name(parse_tokens(line.tokens, self._session.lookup))
        text = f"{number:,}/{self._total:,} {where} {words}{self._format_rest(self._total - number + 1)}"
        self._session.parts.progress.show_text(sanitise.line(text))
        self._ran += 1

    def _format_rest(self, left: int) -> str:
        seconds = time.monotonic() - self._began
        if not self._ran or seconds < _SOON:
            return ""
        return f", about {_format_seconds(seconds / self._ran * left)}"


def _format_seconds(seconds: float) -> str:
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 1):.0f} s"
