"""What ends a prompt or a line from outside: Ctrl-C ends what runs; being ended, and a fault within a prompt,
leave by an exception, which gives the terminal back as it was."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import get_app_or_none

from airflowctl import raise_interrupt, repeat_lost_interrupt
from completers.prompt import wake

_A_MOMENT = 0.01  # seconds

Result = TypeVar("Result")


def run_application(app: Application[Result], begin: Callable[[], object] | None = None) -> Result:
    """Run an application of its own on the terminal until it is left; what it returns. `begin` is called in
    its loop at its start. Ctrl-C and being ended leave it by an exception."""
    with Signals(app) as signals, signals.at_prompt():

        def prepare() -> None:
            signals.prompt_begins()
            if begin is not None:
                begin()

        return app.run(pre_run=prepare, handle_sigint=False, set_exception_handler=False)


class Signals:
    """While it is entered, SIGTERM and SIGHUP become SystemExit, and SIGINT KeyboardInterrupt, raised where
    they do no harm: a prompt ends by them between its own steps, and SIGINT ends no more than a prompt or a
    line.

    The prompt must not handle SIGINT itself: for a moment at either end of it no handler would, and its
    handler fails at a second one. Nor exceptions: it would print a traceback and wait for Enter.
    """

    def __init__(self, app: Application[Any]) -> None:
        self._app = app
        self._at_prompt = self._in_line = False
        self._exit: SystemExit | None = None
        self._before: dict[int, Any] = {}
        self._hook_before = sys.unraisablehook

    def __enter__(self) -> Self:
        # Python lets only the main thread set handlers.
        if threading.current_thread() is threading.main_thread():
            handlers = {"SIGINT": self._on_interrupt, "SIGTERM": self._on_end, "SIGHUP": self._on_end}
            for number, handler in ((getattr(signal, name, None), entry) for name, entry in handlers.items()):
                if number is not None:
                    self._before[number] = signal.signal(number, handler)
            self._hook_before = sys.unraisablehook
            sys.unraisablehook = self._defer_exit
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before:
            sys.unraisablehook = self._hook_before
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def at_prompt(self) -> Iterator[None]:
        """Around a prompt: what comes meanwhile ends it."""
        self._at_prompt = True
        try:
            yield
        finally:
            self._at_prompt = False
        if self._exit:
            raise self._exit

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """Around a line that runs: SIGINT ends it, as many of them as it takes."""
        self._in_line = True
        try:
            yield
        finally:
            self._in_line = False

    def prompt_begins(self) -> None:
        """Within the prompt's own thread: from now on whatever breaks in it ends it."""
        # prompt_toolkit's own handler prints a traceback and waits for Enter (decision 0038).
        asyncio.get_running_loop().set_exception_handler(self._broke)
        self._end_prompt()

    def _broke(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):  # else it only warns
            self._leave_prompt(error)

    def _end_prompt(self) -> None:
        if self._exit:
            self._leave_prompt(self._exit)

    @property
    def _running(self) -> Application[Any]:
        """Return the prompt's application; on a dumb terminal the library takes another one for each line."""
        return get_app_or_none() or self._app

    def _leave_prompt(self, reason: BaseException) -> None:
        app = self._running
        # A second signal would fail in a prompt that is ending already.
        if app.future is not None and not app.future.done():
            app.exit(exception=reason, style="class:aborting")

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._at_prompt:
            wake(self._running, lambda: self._leave_prompt(KeyboardInterrupt()))
        elif self._in_line:
            raise_interrupt(number, frame)

    def _on_end(self, number: int, _frame: FrameType | None) -> None:
        self._exit = SystemExit(128 + number)
        if not self._at_prompt:
            raise self._exit
        wake(self._running, self._end_prompt)

    def _defer_exit(self, result: Any) -> None:
        """Raise it a moment later where nothing can be raised now, as in a callback of the import system:
        Python would only print it."""
        if isinstance(result.exc_value, KeyboardInterrupt):
            repeat_lost_interrupt(result)
            return
        if result.exc_value is None or result.exc_value is not self._exit or not hasattr(signal, "setitimer"):
            sys.__unraisablehook__(result)
            return
        # An exception in a callback of the import system is swallowed by Python: it is raised a moment later.
        signal.signal(signal.SIGALRM, self._again)
        signal.setitimer(signal.ITIMER_REAL, _A_MOMENT)

    def _again(self, _number: int, _frame: FrameType | None) -> None:
        if self._exit and not self._at_prompt:
            raise self._exit
