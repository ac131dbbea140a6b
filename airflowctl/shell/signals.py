"""Being ended from outside: the shell leaves as by an exception, which gives the terminal back as it was."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from prompt_toolkit.application import Application

from completers.prompt import wake

_A_MOMENT = 0.01  # seconds


class Ending:
    """Turns SIGTERM and SIGHUP into SystemExit, raised where it can do no harm: between a prompt's own
    steps, never within one."""

    def __init__(self, app: Application[str]) -> None:
        self._app = app
        self._at_prompt = False
        self._exit: SystemExit | None = None
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGTERM", "SIGHUP"):
                if hasattr(signal, name):
                    signal.signal(getattr(signal, name), self._received)
            sys.unraisablehook = self._swallowed

    @contextmanager
    def waits_for_prompt(self) -> Iterator[None]:
        """Around a prompt: what comes meanwhile is raised at its end, and ends it."""
        self._at_prompt = True
        try:
            yield
        finally:
            self._at_prompt = False
        if self._exit:
            raise self._exit

    def end_prompt(self) -> None:
        """Within the prompt's own thread: end it, if it is to be ended."""
        future = self._app.future
        if self._exit and future is not None and not future.done():
            self._app.exit(exception=self._exit)

    def _received(self, number: int, _frame: FrameType | None) -> None:
        self._exit = SystemExit(128 + number)
        if not self._at_prompt:
            raise self._exit
        wake(self._app, self.end_prompt)

    def _swallowed(self, found: Any) -> None:
        """In some places, a callback of the import system for one, nothing can be raised: Python would say so
        and go on. There it is raised a moment later."""
        if found.exc_value is None or found.exc_value is not self._exit or not hasattr(signal, "setitimer"):
            sys.__unraisablehook__(found)
            return
        signal.signal(signal.SIGALRM, self._again)
        signal.setitimer(signal.ITIMER_REAL, _A_MOMENT)

    def _again(self, _number: int, _frame: FrameType | None) -> None:
        if self._exit and not self._at_prompt:
            raise self._exit
