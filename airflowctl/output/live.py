"""A block of lines at the foot of what a terminal shows, drawn again in its place."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.cells import cells_of, cut
from airflowctl.output.colour import split_codes
from airflowctl.output.echo import Echo
from airflowctl.output.streams import Streams

if TYPE_CHECKING:
    from typing import Any, Self

_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_TO_END_OF_LINE, _DOWN = "\x1b[K", "\x1b[J"
# After these the shell has the terminal, for a while or for good.
_NAMES = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP")
_LEAVING = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))  # Windows has the first


class Live:
    """Draws on stdout, which is a terminal that obeys the codes of one: `with Live(streams, write) as live`.

    Until the end the cursor is hidden and stands under the block; what is typed is not echoed, for a line end
    would move the block. Both are as before again whatever happens. Lines come safe to write (`sanitise`),
    with no other codes in them than our colours.
    """

    def __init__(self, streams: Streams, write: Callable[[str], object]) -> None:
        self._streams = streams
        self._write = write  # at once, not into a buffer
        self._drawn: list[int] = []  # how wide each line on the screen is
        self._before: dict[int, Any] = {}
        self._echo = Echo(streams)

    def __enter__(self) -> Self:
        for number in _LEAVING:
            try:
                before = signal.getsignal(number)
                if before is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._leave)
            except ValueError:  # not in the thread that gets signals
                break
        self._echo.hush()
        self._write(_HIDE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._echo.restore()
            self._write(_SHOW)
        finally:
            for number, before in self._before.items():
                signal.signal(number, before)
            self._before = {}

    @property
    def columns(self) -> int:
        """Return how wide a line may be: in the last column it may lose its last letter, when the row is
        erased from there on."""
        # A letter in the last column is lost on some terminals when the row is erased from there on.
        return max(1, min(self._streams.columns, self._size.columns) - 1)

    @property
    def _size(self) -> os.terminal_size:
        try:
            size = os.get_terminal_size(self._streams.stdout.fileno())
        except (OSError, ValueError):
            return os.terminal_size((self._streams.columns, 24))
        return os.terminal_size((size.columns or 80, size.lines or 24))

    def draw(self, head: Sequence[str], body: Sequence[str], foot: Sequence[str], focus: int = 0) -> None:
        """Put these lines in the place of those before. Of the body, what is not around the line `focus` is
        left out where the terminal is too low."""
        size = self._size
        # A block that is higher than the window could not be found again (decision 0032).
        most = max(1, size.lines - 1)  # the cursor's own
        lines = [*head, *_slice_around(body, focus, most - len(head) - len(foot)), *foot][:most]
        lines = [fit_line(line, self.columns) for line in lines]
        # Over the old lines, not after erasing them: a screen that is blank for a moment flickers.
        text = "".join(f"{line}{_TO_END_OF_LINE}\n" for line in lines)
        back, self._drawn = self._back(size), [_visible_width(line) for line in lines]
        self._write(back + text + _DOWN)

    def lift(self) -> None:
        """Take the block away, so that something else can be written where it was."""
        if self._drawn:
            back, self._drawn = self._back(self._size), []
            self._write(back + _DOWN)

    def _back(self, size: os.terminal_size) -> str:
        """Move to the block's first line. In a window that was made narrower its lines have been wrapped."""
        rows = sum(1 + max(0, width - 1) // size.columns for width in self._drawn)
        # The cursor stops at the top of the window: what has scrolled out above it cannot be drawn again.
        rows = min(rows, size.lines - 1)
        return f"\r\x1b[{rows}A" if rows else "\r"

    def _leave(self, number: int, _: object) -> None:
        self._echo.restore()
        self._at_once(_SHOW)
        # The signal does what it did before this block, to the exit code, once the terminal is as it was.
        signal.signal(number, self._before[number])
        os.kill(os.getpid(), number)
        signal.signal(number, self._leave)  # stopped, and here again
        self._echo.hush()
        self._at_once(_HIDE)
        self._drawn = []  # others have written under it

    def _at_once(self, text: str) -> None:
        """Past the stream, which may be in the middle of a write."""
        with suppress(OSError, ValueError):  # the terminal has gone
            os.write(self._streams.stdout.fileno(), text.encode())


def fit_line(line: str, width: int) -> str:
    """Return the line, cut to so many cells."""
    if _visible_width(line) <= width:
        return line
    # Without its colours: a cut between a code and its end would colour all that follows.
    return cut(_strip_codes(line), width)


def _visible_width(line: str) -> int:
    return cells_of(_strip_codes(line))


def _strip_codes(line: str) -> str:
    return line if "\x1b" not in line else "".join(part for part, is_code in split_codes(line) if not is_code)


def _slice_around(body: Sequence[str], focus: int, room: int) -> list[str]:
    """Return as much of the body as there is room for, and in words how much there is before and after it."""
    if len(body) <= room:
        return list(body)
    if room < 3:
        return [*body[focus : focus + 1], f"… {len(body) - 1} more"][: max(1, room)]
    before = 1 if room > 3 else 0  # with one line for the body it is the one in focus
    first = min(max(0, focus - before), len(body) - room + 1)
    if first < 2:  # its place is better used for the one that it would tell of
        return [*body[: room - 1], f"… {len(body) - room + 1} more"]
    last = first + room - 2
    if last >= len(body) - 1:
        return [f"… {len(body) - room + 1} before", *body[len(body) - room + 1 :]]
    return [f"… {first} before", *body[first:last], f"… {len(body) - last} more"]
