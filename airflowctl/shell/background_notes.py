"""What lines in the background print, above the prompt: what is typed there stays as it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from prompt_toolkit.application import Application

from airflowctl.core.background import is_key_in_hand
from airflowctl.core.durations import duration
from airflowctl.execution.background_lines import FAILED, BackgroundLine, BackgroundLines
from airflowctl.output.cells import cells_of
from airflowctl.output.sanitise import line as harmless
from airflowctl.session.session import Session
from airflowctl.shell.terminal_marks import TerminalMarks
from completers.prompt import wake

_PAUSE = 0.25  # seconds for which lines are gathered: each time the prompt is drawn anew
_MOMENT = 0.01  # seconds until it is looked again whether a key is handled
_MOST, _MOST_WHILE_TYPING = 1_000, 50  # lines that are written at once
_TYPING = 1.0  # seconds after a key, for which the user types


class BackgroundNotes:
    """Shows what the background lines of a session print, and that they have ended: many lines at once, and
    none while a key is handled."""

    def __init__(
        self, lines: BackgroundLines, session: Session, app: Application[str], marks: TerminalMarks
    ) -> None:
        self._lines, self._session, self._app, self._marks = lines, session, app, marks
        self._is_noted = False  # by a thread, since it was looked last
        self._is_due = False  # to be looked at, by the thread of the prompt
        self._last_key = 0.0
        lines.note_output = self._note
        lines.show_output = self.write_pending
        app.key_processor.before_key_press += self._note_key

    def _note(self) -> None:
        """Note, from any thread, that there is something to show."""
        if not self._is_noted:
            self._is_noted = True
            wake(self._app, self._show_soon)

    def _note_key(self, _: object) -> None:
        self._last_key = time.monotonic()

    def _show_soon(self, seconds: float = _PAUSE) -> None:
        if self._app.loop is not None and not self._is_due:
            self._is_due = True
            self._app.loop.call_later(seconds, self._show)

    def _show(self) -> None:
        self._is_due = False
        if not self._app.is_running:
            return
        if is_key_in_hand() or self._app._running_in_terminal:  # an editor, for one
            self._show_soon(_MOMENT)
            return
        is_typing = time.monotonic() - self._last_key < _TYPING
        if self._take(_MOST_WHILE_TYPING if is_typing else _MOST, self._draw):
            self._show_soon()

    def _draw(self, texts: list[str]) -> None:
        """Write above the prompt. The terminal stays as the prompt has it: else a key pressed meanwhile would
        be echoed."""
        renderer = self._app.renderer
        room = renderer._min_available_height
        renderer.erase()
        self._write(texts)
        if room:
            # To ask the terminal would take the bottom line away until its reply has come.
            columns = max(1, self._app.output.get_size().columns)
            renderer._min_available_height = max(1, room - sum(_count_rows(text, columns) for text in texts))
        else:
            self._app._request_absolute_cursor_position()
        self._app._redraw()

    def begin_prompt(self) -> None:
        """A prompt is drawn next: write what is there, the rest of it later."""
        self._is_due = False
        if self._take(_MOST, self._write):
            self._show_soon()

    def write_pending(self) -> bool:
        """Write what is there, where no prompt is drawn; whether there is more."""
        return self._take(_MOST, self._write)

    def _take(self, most: int, write: Callable[[list[str]], object]) -> bool:
        """Write at most so many lines of each background line; whether there are more."""
        self._is_noted = False
        has_ended, texts = False, list[str]()
        for line in self._lines.all():
            texts += [f"[{line.number}] {harmless(text)}" for text, _ in line.buffer.take(most)]
            if line.done.is_set() and not line.buffer and not line.is_noted:
                line.is_noted = has_ended = True
                texts.append(f"[{line.number}] {_describe_end(line)}")
        if has_ended:
            self._marks.ring(self._session.parts.settings)
        if texts:
            write(texts)
        return any(line.buffer for line in self._lines.all())

    def _write(self, texts: list[str]) -> None:
        stderr = self._session.streams.stderr
        stderr.write("".join(f"{text}\n" for text in texts))
        stderr.flush()

    def describe(self) -> str:
        """Return how many run, and which failed or were stopped since `jobs` was asked last, for the bottom
        line."""
        lines = self._lines.all()
        running = [line for line in lines if line.code is None]
        failed = [f"%{line.number} {line.state}" for line in lines if line.code and not line.is_shown]
        shown = [f"{len(running)} running"] if running else []
        return ", ".join([*shown, *failed])


def _count_rows(text: str, columns: int) -> int:
    """Return how many rows of the terminal a line of text takes."""
    return max(1, -(-cells_of(text) // columns))


def _describe_end(line: BackgroundLine) -> str:
    state = f"{line.state}, exit {line.code}" if line.state == FAILED else line.state
    return f"{state} after {duration(line.seconds)}: {harmless(line.text)}"
