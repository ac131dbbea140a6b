"""A long table, printed as its rows come: blocks of rows, and the widths that they share."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from airflowctl.core.results import Item

_LEAST = 100  # rows of a block: a page of a list


def take_blocks(items: Iterable[Item], patience: float) -> Iterator[list[Item]]:
    """Yield what comes within so many seconds of the first row together, and the rest in blocks of a page;
    without patience all of it together."""
    block: list[Item] = []
    end = None
    for item in items:
        block.append(item)
        end = time.monotonic() + patience if end is None else end
        if patience and len(block) >= _LEAST and time.monotonic() >= end:
            yield block
            block = []
    if block:
        yield block


class Layout:
    """The widths of the columns of one table, in cells: they only grow, so that few blocks are out of
    line."""

    def __init__(self) -> None:
        self.widths: list[int] = []

    def forget(self) -> None:
        """Other columns follow."""
        self.widths = []

    def widen(self, widths: Sequence[int], room: int | None) -> list[int]:
        """Return the widths for a block that needs these at least; its own where both do not fit the room."""
        widest = [max(pair) for pair in zip(widths, self.widths or widths, strict=True)]
        self.widths = widest if room is None or sum(widest) <= room else list(widths)
        return self.widths
