"""Whether a terminal echoes what is typed on it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.streams import Streams

if TYPE_CHECKING:
    from typing import Any


class Echo:
    """The echo of a terminal: `hush` ends it, `restore` leaves the terminal as it was before. What is typed
    meanwhile is not lost. While the program is stopped, the terminal is as it was before, too."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._before: list[Any] | None = None  # the settings of the terminal, while nothing is echoed

    def hush(self) -> None:
        if self._before is not None or not self._streams.stdin_is_terminal:
            return
        try:
            import termios
        except ImportError:  # Windows echoes what is typed
            return
        with suppress(termios.error, OSError, ValueError):
            keyboard = self._streams.stdin.fileno()
            settings = termios.tcgetattr(keyboard)
            # A process in the background that sets the terminal is stopped by the kernel.
            if os.tcgetpgrp(keyboard) != os.getpgrp():  # who runs behind another must not touch it
                return
            # Only the echo: Ctrl-C and Ctrl-Z must keep their meaning.
            quiet = [*settings]
            quiet[3] &= ~termios.ECHO
            termios.tcsetattr(keyboard, termios.TCSANOW, quiet)
            self._before = settings
            with suppress(ValueError):  # a thread that gets no signals
                # A caller that draws as well has its own handler.
                if signal.getsignal(signal.SIGTSTP) is signal.SIG_DFL:
                    signal.signal(signal.SIGTSTP, self._stop)

    def restore(self) -> None:
        """Restore what was there; a second call does nothing."""
        if self._before is not None:
            import termios

            with suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(self._streams.stdin.fileno(), termios.TCSANOW, self._before)
            self._before = None
            with suppress(ValueError):
                if signal.getsignal(signal.SIGTSTP) == self._stop:
                    signal.signal(signal.SIGTSTP, signal.SIG_DFL)

    def _stop(self, number: int, _: object) -> None:
        """Ctrl-Z: the shell that gets the terminal would not echo either."""
        was_quiet = self._before is not None
        self.restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        if was_quiet:  # stopped, and here again
            self.hush()
