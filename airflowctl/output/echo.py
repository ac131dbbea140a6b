"""Whether a terminal echoes what is typed on it."""

from __future__ import annotations

import os
from contextlib import suppress

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.streams import Streams

if TYPE_CHECKING:
    from typing import Any


class Echo:
    """The echo of a terminal: `hush` ends it, `restore` leaves the terminal as it was before. What is typed
    meanwhile is not lost."""

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

    def restore(self) -> None:
        """It may be called again."""
        if self._before is not None:
            import termios

            with suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(self._streams.stdin.fileno(), termios.TCSANOW, self._before)
            self._before = None
