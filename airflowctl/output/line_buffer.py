"""The lines that a thread prints, until another thread shows them."""

from __future__ import annotations

import time
from collections import deque

MOST_LINES, MOST_LETTERS = 1_000, 1_000_000  # that wait to be shown
_STEP = 0.02  # seconds: a thread that waited for a lock would not see that it is to end


class LineBuffer:
    """Lines of one background line, each with whether it is for stderr. A thread that prints waits while too
    many are there: none is lost, and memory stays bounded. One thread puts, another takes. Without locks: the
    exception that ends a background line could leave one locked."""

    def __init__(self) -> None:
        self._lines = deque[tuple[str, bool]]()
        self._put = self._taken = 0  # letters so far, each counted by one thread
        self._is_bounded = True

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, text: str, *, is_error: bool) -> None:
        """Append a line, once there is room for it."""
        while self._is_bounded and self._is_full():
            time.sleep(_STEP)
        self._put += len(text)
        self._lines.append((text, is_error))

    def take(self, most: int = MOST_LINES) -> list[tuple[str, bool]]:
        """Return the first lines, at most so many, and forget them."""
        lines = [self._lines.popleft() for _ in range(min(most, len(self._lines)))]
        self._taken += sum(len(text) for text, _ in lines)
        return lines

    def lift_bound(self) -> None:
        """Let no thread wait any more: its line is to end."""
        self._is_bounded = False

    def _is_full(self) -> bool:
        return len(self._lines) >= MOST_LINES or self._put - self._taken >= MOST_LETTERS
