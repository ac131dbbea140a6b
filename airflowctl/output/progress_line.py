"""How far a long work is: one line on stderr, on a terminal only, gone before anything else is written."""

from __future__ import annotations

import time

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.output.streams import Streams

EVERY = 0.2  # seconds


class Progress:
    """One for a whole session: there is one terminal."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._shown_at = 0.0
        self._width = 0
        self.text = ""  # of how far the present work is
        self.hushed = False  # while a pager has the terminal

    def show(self, done: int, total: int | None) -> None:
        """Show how many items have come, now and then."""
        if time.monotonic() - self._shown_at >= EVERY:
            self.text = f"{done:,} of {total:,} ..." if total else f"{done:,} ..."
            self.show_text(self.text)

    def show_text(self, text: str) -> None:
        """Show a line in place of the one before."""
        if self.hushed or not self._streams.stderr_is_terminal:
            return
        from airflowctl.output.sanitise import line

        text = line(text)[: self._streams.columns - 1]  # a line that wraps cannot be taken back
        self._write(f"\r{text:{self._width}}")
        self._shown_at, self._width = time.monotonic(), max(len(text), self._width)

    def end(self) -> None:
        self.text = ""
        if self._width:
            self._write(f"\r{' ' * self._width}\r")
            self._width = 0

    def _write(self, text: str) -> None:
        self._streams.stderr.write(text)
        self._streams.stderr.flush()
