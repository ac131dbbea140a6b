"""What lines in the background print, above the prompt: what is typed there stays as it is."""

from __future__ import annotations

from collections import deque
from threading import Lock

from prompt_toolkit.application import Application, run_in_terminal

from airflowctl.core.durations import duration
from airflowctl.execution.background_lines import STOPPED, BackgroundLine, BackgroundLines
from airflowctl.output.sanitise import line as harmless
from airflowctl.session.session import Session
from airflowctl.shell.terminal_marks import TerminalMarks
from completers.prompt import wake

_PAUSE = 0.1  # seconds for which lines are gathered: each time the prompt is drawn anew
_MOST_KEPT = 10_000  # lines that wait for the prompt


class BackgroundNotes:
    """Shows what the background lines of a session print, and that they have ended."""

    def __init__(
        self, lines: BackgroundLines, session: Session, app: Application[str], marks: TerminalMarks
    ) -> None:
        self._lines, self._session, self._app, self._marks = lines, session, app, marks
        self._pending = deque[str](maxlen=_MOST_KEPT)
        self._lock = Lock()
        self._is_due = False
        self._has_ended = False
        lines.print_line = self._take
        lines.note_end = self._print_end

    def _take(self, number: int, text: str, is_error: bool = False) -> None:
        """From any thread: a line to be shown, above the prompt whatever it is."""
        with self._lock:
            self._pending.append(f"[{number}] {harmless(text)}")
            is_first, self._is_due = not self._is_due, True
        if is_first:
            wake(self._app, self._show_soon)

    def _print_end(self, line: BackgroundLine) -> None:
        what = (
            "done" if not line.code else "stopped" if line.state == STOPPED else f"failed, exit {line.code}"
        )
        self._has_ended = True
        self._take(line.number, f"{what} after {duration(line.seconds)}: {line.text}")

    def _show_soon(self) -> None:
        if self._app.loop is not None:
            self._app.loop.call_later(_PAUSE, self._show)

    def _show(self) -> None:
        if self._app.is_running:
            run_in_terminal(self.write_pending)

    def write_pending(self) -> None:
        """Write what is there; where no prompt is drawn."""
        with self._lock:
            texts, self._is_due = list(self._pending), False
            self._pending.clear()
            has_ended, self._has_ended = self._has_ended, False
        for text in texts:
            self._session.streams.stderr.write(f"{text}\n")
        if texts:
            self._session.streams.stderr.flush()
        if has_ended:
            self._marks.ring(self._session.parts.settings)

    def describe(self) -> str:
        """Return how many run, and which failed or were stopped since `jobs` was asked last, for the bottom
        line."""
        lines = self._lines.all()
        running = [line for line in lines if line.code is None]
        failed = [
            f"%{line.number} {'stopped' if line.state == STOPPED else 'failed'}"
            for line in lines
            if line.code and not line.is_shown
        ]
        shown = [f"{len(running)} running"] if running else []
        return ", ".join([*shown, *failed])
