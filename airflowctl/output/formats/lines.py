"""Formats of lines for programs, one a row: `tsv`, `csv` and `name`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output import sanitise
from airflowctl.output.style import QUOTED, Format, Style
from airflowctl.output.values import full_text, lookup

if TYPE_CHECKING:
    from typing import Any


class LineFormat(Format):
    """A line a row, each as soon as its item has come. Subclasses define `format_line`."""

    is_stream = True

    def format_line(self, cells: Sequence[str]) -> str:
        """Return the cells, whole values as the server sent them, as one line with its end."""
        raise NotImplementedError

    def format_header(self, columns: Sequence[str]) -> str:
        """Return what stands over the lines."""
        return self.format_line(columns)

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        # All columns of the command: what a later row has a value for is not known yet.
        columns = style.columns or rows.columns
        lines = (self.format_line([full_text(lookup(item, name)) for name in columns]) for item in rows.items)
        first = next(lines, "")  # before the header: when this fails, stdout stays empty
        if style.header:
            yield self.format_header(columns)
        yield first
        yield from lines

    def format_values(self, values: Sequence[Any], style: Style) -> Iterator[str]:
        for value in values:
            yield self.format_line(
                [full_text(part) for part in (value if isinstance(value, list) else [value])]
            )


class Tsv(LineFormat):
    r"""Fields with a tab between; `\t`, `\n` and `\\` in them stand for what TSV cannot hold."""

    def format_line(self, cells: Sequence[str]) -> str:
        return "\t".join(map(sanitise.field, cells)) + "\n"


class Csv(LineFormat):
    """Comma-separated values (RFC 4180), with a bare LF at the end of a line."""

    escapes = QUOTED

    def format_line(self, cells: Sequence[str]) -> str:
        import csv
        import io

        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerow(cells)  # so that a bare CR is quoted as well
        return buffer.getvalue()[:-2] + "\n"


class Name(Format):
    """The key of each row alone, for `xargs` and loops. A watch prints those of its end."""

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        for item in rows.items:
            name = full_text(lookup(item, rows.key))
            name = f"{full_text(lookup(item, rows.within))}/{name}" if rows.within else name
            yield sanitise.pipe_line(name) + "\n"
