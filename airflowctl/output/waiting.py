"""A clock on the terminal while a line waits for an answer; what is typed meanwhile is not echoed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread

from airflowctl.output.echo import Echo
from airflowctl.output.progress_line import Progress
from airflowctl.output.streams import Streams

_FIRST = 1.0  # seconds: a shorter wait needs no clock
_TEXT = "waiting for an answer, Ctrl-C stops:"


class Waiting:
    """The waits of the lines of one session, in whatever threads: one clock for those that overlap."""

    def __init__(self, streams: Streams, progress: Progress) -> None:
        self._progress, self._echo = progress, Echo(streams)
        self._changed = Condition()
        self._thread: Thread | None = None
        self._line = self._count = 0
        self._since = 0.0
        self._is_shown = False
        self._may_show: Callable[[], bool] = bool

    @contextmanager
    def around(self, may_show: Callable[[], bool]) -> Iterator[None]:
        """While the block runs an answer is waited for. The clock is drawn where `may_show` returns true,
        which says that no other program has the terminal."""
        line = self._line
        try:
            self._begin(may_show)
            yield
        finally:
            self._end(line)

    def end_line(self) -> None:
        """A line has ended: threads that it has left behind wait for nothing that is of interest."""
        with self._changed:
            self._line += 1
            self._count = 1
        self._end(self._line)

    def _begin(self, may_show: Callable[[], bool]) -> None:
        with self._changed:
            self._count += 1
            if self._count > 1:
                return
            self._since, self._may_show = time.monotonic(), may_show
            # Another program may have set the terminal for itself.
            if may_show() and not self._progress.hushed:
                self._echo.hush()
            if self._thread is None:
                # One for all waits: to start a thread takes longer than most answers.
                self._thread = Thread(target=self._run, name="waiting", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _end(self, line: int) -> None:
        with self._changed:
            if line != self._line or not self._count:
                return
            self._count -= 1
            if self._count:
                return
            self._echo.restore()
            if self._is_shown:
                self._progress.end()
                self._is_shown = False

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._count:
                    self._changed.wait()
                waited = time.monotonic() - self._since
                if waited >= _FIRST and self._may_show():
                    self._progress.show_text(f"{self._progress.text or _TEXT} {int(waited)} s")
                    self._is_shown = True
                self._changed.wait(1.0 - waited % 1.0 + 0.01)
