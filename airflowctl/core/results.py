"""What a handler may return. It never prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

Item = Mapping[str, "Any"]


class Rows(NamedTuple):
    """A list: `columns` are shown unless `--columns` says otherwise, `key` is what `-o name` prints.

    `items` may be lazy: formats that can stream take one item at a time. Items are as the server sent
    them. `optional` maps columns to the value that means none: a person sees it blank, and the column only
    when one of the items has another value. `wide` are the columns that `-o wide` adds before all others, as
    far as there is room for them. There, the numbers of the column `bar` are drawn as bars for a person.
    `none` are the words that a person reads where a column has no value. `within` is the field that stands
    before the key and a slash in `-o name`, where the key alone names nothing. `is_numbered`: a table has a
    column with the numbers of the rows. `late_code` returns, after the last row, the exit code of what could
    not be read for a part of them.
    """

    items: Iterable[Item]
    columns: tuple[str, ...]
    key: str
    optional: Mapping[str, object] = {}
    empty: str = "nothing found"
    code: int = 0
    wide: tuple[str, ...] = ()
    bar: str = ""
    none: Mapping[str, str] = {}
    within: str = ""
    is_numbered: bool = False
    late_code: Callable[[], int] | None = None


def late_code(result: object) -> int:
    """Return the exit code of what could not be read for a part of the rows, which were shown; 0 where all
    was read."""
    return result.late_code() if isinstance(result, Rows) and result.late_code is not None else 0


class Record(NamedTuple):
    """One object, as the server sent it. `columns` limits what is seen of it where it is no document, and
    `table` what a table shows, where a person would not want all of the others."""

    item: Item
    key: str
    columns: tuple[str, ...] = ()
    code: int = 0
    table: tuple[str, ...] = ()


# Not None: null is data that a command may print.
NO_DATA = object()

NEXT_LINE = "\ufdd0"  # where a line to run next begins in a text: see airflowctl.core.next_line


class Text(NamedTuple):
    """Words for a person; `data` is what the structured formats print instead, null included."""

    text: str
    data: Any = NO_DATA
    code: int = 0

    def pieces(self) -> Iterator[str]:
        """Yield the words with the end of their last line; nothing where there are none."""
        if self.text:
            yield self.text if self.text.endswith("\n") else self.text + "\n"


PLAIN = (Rows, Record, Text, type(None))  # what it mostly is; the others are in airflowctl.core.rich_results
