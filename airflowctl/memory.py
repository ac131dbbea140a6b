"""What a session remembers while it lasts: the last result, and the lines that ran. None of it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from airflowctl.core.errors import DONE, UsageError
from airflowctl.core.result import Item, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.core.result import Record, Text

    Kept = Rows | Record | Text

MOST_ROWS = 10_000
MOST_LINES = 10_000


class Ran(NamedTuple):
    """A line as it was typed, and its exit code."""

    text: str
    code: int


class Memory:
    """`typed` tells what was typed at the prompt, in earlier sessions too, the oldest first."""

    def __init__(self) -> None:
        self.lines: list[Ran] = []
        self.typed: Callable[[], list[str]] = lambda: [line.text for line in self.lines]
        self.last: Kept | None = None
        self.missing = ""
        self._files: list[str] = []

    @contextmanager
    def within_file(self, path: str, deepest: int) -> Iterator[None]:
        """While the lines of a file run; raises UsageError where files run each other without an end."""
        if len(self._files) >= deepest:
            raise UsageError(
                f"{path} is run by files that run each other: {' -> '.join(self._files[:3])} ..."
            )
        self._files.append(path)
        try:
            yield
        finally:
            self._files.pop()

    def ran(self, text: str, code: int) -> None:
        self.lines.append(Ran(text, code))
        del self.lines[:-MOST_LINES]

    def successful(self) -> list[str]:
        return [line.text for line in self.lines if line.code == DONE]

    def keep(self, result: Kept) -> Kept:
        """The same result, which is kept while it is shown."""
        if not isinstance(result, Rows):
            self.last, self.missing = result, ""
            return result
        kept: list[Item] = []
        self.last, self.missing = result._replace(items=kept), "not all of the rows had come"
        return result._replace(items=self._keeping(result.items, kept))

    def _keeping(self, items: Iterable[Item], kept: list[Item]) -> Iterator[Item]:
        for item in items:
            if len(kept) < MOST_ROWS:
                kept.append(item)
            else:
                self.missing = f"only the first {MOST_ROWS:,} rows are kept"
            yield item
        if len(kept) < MOST_ROWS:
            self.missing = ""
