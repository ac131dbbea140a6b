"""An output format: a table of HTML, for a page or a mail."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from airflowctl.extensions import Format, Rows, Style, full_text, lookup


class Html(Format):
    """`-o html`. What a terminal would obey is escaped by the base class; what a browser would, here."""

    api = 1

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        columns = style.columns or rows.columns
        yield "<table>\n"
        if style.header:
            yield _row("th", columns)
        for item in rows.items:
            yield _row("td", [full_text(lookup(item, column)) for column in columns])
        yield "</table>\n"


def _row(tag: str, cells: tuple[str, ...] | list[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"
