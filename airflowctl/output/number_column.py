"""The column before a table in the shell: the number of each row, as `$7` names it."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.output.colour import dim

TITLE = "$"
_GAP = 2


class NumberColumn:
    """Counts the rows of one table, whose first block has `count` of them."""

    def __init__(self, count: int) -> None:
        # Rows may follow: then the column stays as wide as it is up to 9,999.
        self._digits = 2 if count < 100 else 4
        self._next = 1

    def width_beside(self, width: int | None) -> int | None:
        """Return how many cells are left for the other columns."""
        return None if width is None else max(1, width - self._digits - _GAP)

    def take(self, count: int) -> list[str]:
        """Return the numbers of the next rows."""
        first, self._next = self._next, self._next + count
        return [str(number) for number in range(first, self._next)]

    def put_before(self, rows: Sequence[list[str]], *, colour: bool) -> list[list[str]]:
        """Return the cells of the next rows, each with its number before it."""
        cells = [number.rjust(self._digits) for number in self.take(len(rows))]
        return [[dim(cell) if colour else cell, *row] for cell, row in zip(cells, rows, strict=True)]

    @property
    def title(self) -> str:
        return TITLE.rjust(self._digits)
