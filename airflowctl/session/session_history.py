"""What a session remembers while it lasts: the last result, and the lines that ran. None of it is written."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from airflowctl.core.errors import DONE, UsageError
from airflowctl.core.results import Item, Record, Rows, Text
from airflowctl.core.rich_results import Picture, Report
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.session.shown_list import CUT, ShownList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol

    from airflowctl.core.command import Command
    from airflowctl.core.rich_results import Printable
    from airflowctl.session.shown_list import LineSession

    class LineRecord(Protocol):
        """What writes each line, its exit code and its result down."""

        def add(self, text: str, code: int, result: Printable, meaning: str) -> None: ...


MOST_LINES = 10_000


class SessionHistory:
    """`typed` tells what was typed at the prompt, in earlier sessions too, the oldest first; `merge` adds
    what other shells have kept since."""

    def __init__(self) -> None:
        self._lines = deque[str](maxlen=MOST_LINES)
        self._meanings = deque[str](maxlen=MOST_LINES)
        self._are_done = deque[bool](maxlen=MOST_LINES)
        self.typed: Callable[[], list[str]] = lambda: list(self._lines)
        self.merge: Callable[[], None] = _do_nothing
        self.last: Rows | Record | Text | Report | Picture | None = None
        self.shown_list: ShownList | None = None  # the last list, whatever else was shown after it
        self.record: LineRecord | None = None  # where lines are written to as they run
        self._last_before: object = None  # the last result when the line before ended
        self.next_lines: tuple[str, ...] = ()  # of the last report that had some, for `!1`
        self._row_count: int | None = None  # of the list that the present line shows
        self._lists = 0
        self.folder_before = ""  # the one that `cd -` goes back to
        self._files: list[str] = []

    @contextmanager
    def within_file(self, path: str, deepest: int) -> Iterator[None]:
        """While the lines of a file run; raises UsageError where files run each other without an end."""
        # Python's own limit of recursion would end a shell with an error of ours.
        if len(self._files) >= deepest:
            raise UsageError(
                f"{path} is run by files that run each other: {' -> '.join(self._files[:3])} ..."
            )
        self._files.append(path)
        try:
            yield
        finally:
            self._files.pop()

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """While commands run whose results are not shown."""
        names = ("last", "shown_list", "next_lines", "_row_count", "_lists")
        before = {name: vars(self)[name] for name in names}
        try:
            yield
        finally:
            vars(self).update(before)

    def begin_line(self) -> None:
        """A line begins, which has shown no list yet."""
        self._row_count, self._lists = None, 0

    @property
    def rows(self) -> str:
        """Return how many rows the present line has shown, as `5 rows`; "" where it showed no list."""
        if self._row_count is None or self._lists > 1:  # of a line that runs others
            return ""
        count = format_count(self._row_count, "row")
        return f"{count} so far" if self.missing == CUT else count

    def add_line(self, text: str, code: int, meaning: str = "") -> None:
        """A line has ended: what it was, how it ended, and the same with what its words stood for."""
        meaning = meaning or text
        if self.record is not None:
            self.record.add(text, code, None if self.last is self._last_before else self.last, meaning)
        self._last_before = self.last
        self._lines.append(sys.intern(text))  # a line that comes again costs no memory
        self._meanings.append(sys.intern(meaning))
        self._are_done.append(code == DONE)

    def successful(self) -> list[str]:
        """Return the lines that worked, with what their words stood for."""
        return [text for text, is_done in zip(self._meanings, self._are_done, strict=True) if is_done]

    @property
    def missing(self) -> str:
        """Return what of the last result is not kept, where it is a list; "" where all is."""
        return self.shown_list.missing if self.shown_list and isinstance(self.last, Rows) else ""

    def keep(
        self, result: Printable, command: Command, values: Mapping[str, Any], session: LineSession
    ) -> Printable:
        """Return the same result, which is kept while it is shown. A watch, and a log, is not."""
        # A line that fails while it is shown leaves nothing of the line before it, which `last` would show as
        # its result.
        self.last = None
        if isinstance(result, Record | Text | Report | Picture):
            self.last = result
        if isinstance(result, Report) and result.lines:
            self.next_lines = result.lines
        if not isinstance(result, Rows):
            return result
        shown = self.shown_list = ShownList(command, values, session)
        self._row_count, self._lists = 0, self._lists + 1
        # The rows come while they are printed, and are kept as they pass: asking twice would cost the server
        # twice. It may also end in the middle, by Ctrl-C or a pager that is left.
        self.last = result._replace(items=shown.items)
        return result._replace(items=self._count(shown.keep(iter(result.items))))

    def _count(self, items: Iterable[Item]) -> Iterator[Item]:
        for count, item in enumerate(items, start=1):
            self._row_count = count
            yield item


def _do_nothing() -> None:
    """Do nothing: without a prompt there are no lines of other shells."""
