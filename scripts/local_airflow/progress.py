"""What is happening and how long it took, as whole lines given to a `Say`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Say = Callable[[str], None]


def quiet(_line: str) -> None:
    """A `Say` that says nothing."""


class StderrLines:
    """A `Say` for people: `Doing it ...` stands there at once, and ` 4 s` follows it on the same line."""

    def __init__(self) -> None:
        self._open = ""

    def __call__(self, line: str) -> None:
        if self._open and line.startswith(self._open):
            text = line[len(self._open) :] + "\n"
            self._open = ""
        else:
            text = "\n" * bool(self._open) + line
            self._open = line if line.endswith("...") else ""
            text += "" if self._open else "\n"
        self._write(text)

    def end_line(self) -> None:
        """Finish a line that stands open, so that what follows starts at the left."""
        if self._open:
            self._open = ""
            self._write("\n")

    def _write(self, text: str) -> None:
        # Nobody may be reading any more, which is no reason to stop in the middle of tidying up.
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


on_stderr = StderrLines()


@contextmanager
def timed(say: Say, doing: str) -> Iterator[None]:
    """Say `doing ...`, and when it is done, the same with the seconds it took."""
    say(f"{doing} ...")
    began = time.monotonic()
    yield
    say(f"{doing} ... {time.monotonic() - began:.0f} s")
