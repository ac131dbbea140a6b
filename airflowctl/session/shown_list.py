"""The list that was shown last: its rows in the order of the screen, and what made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflowctl.core.errors import UsageError
from airflowctl.core.results import Item
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Protocol

    from airflowctl.core.command import Command
    from airflowctl.core.options import Options

    class LineSession(Protocol):
        """A session as the line of the list sees it."""

        options: Options

        @property
        def url(self) -> str: ...
        @property
        def place(self) -> str: ...


# A list of which not all was shown: `$*` would name a part of it.
CUT = "not all of the rows had come"
MOST_ROWS = 10_000


class ShownList:
    """A list and the line that showed it. `missing` says what of it is not kept; "" where all is."""

    def __init__(self, command: Command, values: Mapping[str, Any], session: LineSession) -> None:
        self.command, self.values, self.session = command, values, session
        self.items: list[Item] = []
        self.missing = CUT
        self._sorted: tuple[tuple[str, ...], int, list[Item]] = ((), 0, [])

    def keep(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the rows, which are kept as they pass."""
        for item in items:
            if len(self.items) < MOST_ROWS:
                self.items.append(item)
            else:
                self.missing = f"only the first {MOST_ROWS:,} rows are kept"
            yield item
        if self.missing == CUT:
            self.missing = ""

    def rows(self) -> Sequence[Item]:
        """Return the rows as they stand on the screen. Raises UsageError where other things stand there."""
        options = self.session.options
        if options.query:
            raise UsageError(
                "the last list was shown through --query, so that its rows have no numbers",
                "show it without: last",
            )
        if not options.sort:
            return self.items
        # Completion asks at each key.
        if self._sorted[:2] != (options.sort, len(self.items)):
            from airflowctl.output.sorting import sort_items

            self._sorted = (options.sort, len(self.items), sort_items(self.items, options.sort))
        return self._sorted[2]
