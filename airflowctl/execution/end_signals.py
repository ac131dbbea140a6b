"""Being ended while a batch runs: SIGTERM and SIGHUP stop it as Ctrl-C does, with their own exit codes."""

from __future__ import annotations

import signal
import sys
import threading

from airflowctl import raise_interrupt, repeat_lost_interrupt
from airflowctl.core.errors import INTERRUPTED
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, Self


class EndSignals:
    """While it is entered, these signals raise KeyboardInterrupt; one that is ignored stays so."""

    def __init__(self) -> None:
        self._number = 0
        self._before: dict[int, Any] = {}
        self._hook_before = sys.unraisablehook

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # Python lets no other one set handlers
            for name in ("SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) == signal.SIG_DFL:
                    self._before[number] = signal.signal(number, self._raise)
            sys.unraisablehook = repeat_lost_interrupt
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sys.unraisablehook = self._hook_before
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def exit_code(self, code: int) -> int:
        """Return the exit code of a batch: 128 + N where signal N interrupted it."""
        return 128 + self._number if code == INTERRUPTED and self._number else code

    def _raise(self, number: int, frame: FrameType | None) -> None:
        self._number = number
        raise_interrupt(number, frame)
