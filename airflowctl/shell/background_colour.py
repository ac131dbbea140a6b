"""Asks the terminal for the colour of its background, so that the shell's colours can be read on it."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.streams import Streams

if TYPE_CHECKING:
    from re import Match
    from typing import Any

    from prompt_toolkit.input import Input

PATIENCE = 0.05  # seconds: a terminal on this machine answers within a tenth of that
LATEST = 2.0  # seconds after which a terminal that has not answered is taken for one that never does
# Every terminal answers the second one (its device attributes), and answers in order: what has not come by
# then does not come.
_QUESTION = "\x1b]11;?\x1b\\\x1b[c"
_REPLY = r"\x1b\]11;(?P<colour>[^\x07\x1b]{0,60})(?:\x07|\x1b\\)|(?P<end>\x1b\[\?[\d;]*c)"
_BEGINNING = r"\x1b(?:\](?:1(?:1(?:;[^\x07\x1b]{0,60}\x1b?)?)?)?|\[(?:\?[\d;]*)?)?$"
_MOST = 1 << 16  # bytes read at once


class BackgroundQuestion:
    """One question to the terminal. `collect` takes the replies, and what the user typed between them; what
    comes later is taken out of the keys of the prompt, where it would stand as typed text. Before another
    program or question reads the terminal, `settle` waits for it."""

    def __init__(self, streams: Streams) -> None:
        """Ask, where there is a terminal that can be asked. Until `collect` nothing typed is echoed."""
        self.is_light: bool | None = None
        self.is_waiting = False
        self._saved: list[Any] | None = None
        self._held = ""
        self._asked_at = time.monotonic()
        self._latest = self._asked_at + LATEST
        if not _can_be_asked(streams):
            return
        with suppress(OSError, ValueError):
            self._keyboard = streams.stdin.fileno()
            # A process in the background that sets the terminal is stopped by the kernel.
            if os.tcgetpgrp(self._keyboard) == os.getpgrp() and self._take_keys():
                self.is_waiting = True
                os.write(streams.stdout.fileno(), _QUESTION.encode())

    def _take_keys(self) -> bool:
        """Let what is typed, and what the terminal answers, be read at once and not be echoed; return whether
        that can be."""
        import termios

        with suppress(termios.error, OSError):
            saved = termios.tcgetattr(self._keyboard)
            quiet = [*saved]
            quiet[3] &= ~(termios.ECHO | termios.ICANON)
            termios.tcsetattr(self._keyboard, termios.TCSANOW, quiet)
            self._saved = saved
        return self._saved is not None

    def collect(self) -> bytes:
        """Wait for the replies until the patience has ended. Return what was typed meanwhile. Where they are
        still to come the terminal stays quiet: between the prompt and its line it would echo them."""
        typed = self._read_until(self._asked_at + PATIENCE) if self._saved is not None else b""
        self._latest = time.monotonic() + LATEST
        if not self.is_waiting:
            self.restore()
        return typed

    def settle(self) -> bytes:
        """Wait for replies that are still to come, and leave the terminal as it was: the next program would
        take them for typed text. Return what was typed meanwhile."""
        is_due = self.is_waiting and time.monotonic() < self._latest and self._saved is not None
        typed = self._read_until(self._latest) if is_due else b""
        self.restore()
        return typed

    def leave(self) -> None:
        """The shell has ended: wait for the replies, and leave to the next program what was typed meanwhile,
        where the system lets that be put back."""
        typed = self.settle()
        with suppress(ImportError, AttributeError, OSError):
            from fcntl import ioctl
            from termios import TIOCSTI

            for number in typed:
                ioctl(self._keyboard, TIOCSTI, bytes([number]))

    def _read_until(self, end: float) -> bytes:
        typed = ""
        try:
            while self.is_waiting and self._has_more(max(0.0, end - time.monotonic())):
                data = os.read(self._keyboard, _MOST)
                if not data:  # the terminal has gone
                    break
                typed += self.take(data.decode("utf-8", "surrogateescape"))
        except (OSError, ValueError):
            pass
        return typed.encode("utf-8", "surrogateescape")

    def restore(self) -> None:
        """Leave the terminal as it was. It may be called again."""
        if self._saved is not None:
            import termios

            with suppress(termios.error, OSError):
                termios.tcsetattr(self._keyboard, termios.TCSANOW, self._saved)
            self._saved = None

    def take(self, text: str) -> str:
        """Return what was read without the replies in it. The beginning of a reply is held back until its end
        has come."""
        import re

        rest = re.sub(_REPLY, self._learn, self._held + text)
        beginning = re.search(_BEGINNING, rest) if self.is_waiting else None
        self._held = beginning.group() if beginning else ""
        return rest[: len(rest) - len(self._held)]

    def release(self) -> str:
        """Return what was held back and is no reply: the Esc key alone, when nothing has followed it."""
        held, self._held = (self._held, "") if self._held in ("\x1b", "\x1b[") else ("", self._held)
        return held

    def guard(self, keys: Input, changed: Callable[[], object]) -> None:
        """Take replies that come late out of what the prompt reads; `changed` is called when the colour has
        come."""
        parser = getattr(keys, "vt100_parser", None)
        if parser is None or not self.is_waiting:
            return
        feed, flush = parser.feed, parser.flush

        def feed_keys(text: str) -> None:
            before = self.is_light
            feed(self.take(text))
            if self.is_light is not before:
                changed()

        def flush_keys() -> None:
            feed(self.release())
            flush()

        parser.feed, parser.flush = feed_keys, flush_keys

    def _has_more(self, seconds: float) -> bool:
        return bool(select.select([self._keyboard], [], [], seconds)[0])

    def _learn(self, reply: Match[str]) -> str:
        if reply["end"]:
            self.is_waiting = False
        else:
            self.is_light = _is_light(reply["colour"])
        return ""


def _can_be_asked(streams: Streams) -> bool:
    term = streams.environ.get("TERM", "")
    is_known = bool(term) and term != "linux" and not streams.is_plain and sys.platform != "win32"
    return is_known and streams.stdin_is_terminal and streams.stdout_is_terminal


def _is_light(colour: str) -> bool | None:
    """Return whether `rgb:ffff/ffff/ffff` is a light colour; None for what is no colour."""
    from re import fullmatch

    match = fullmatch(r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/.*)?", colour)
    if match is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in match.groups())
    return bool(0.299 * red + 0.587 * green + 0.114 * blue > 0.5)  # as bright as it looks (ITU-R BT.601)
