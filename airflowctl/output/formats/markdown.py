"""The format `markdown`: a table as GitHub reads it (GitHub Flavored Markdown, "Tables")."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.output import sanitise
from airflowctl.output.formats.lines import LineFormat

# What would become emphasis, code, a formula, a strike, HTML or the end of the cell. An underscore within a
# word has no meaning and stays, so that `dag_id` can be read as text too.
_ACTIVE = r"[\\|*`~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"


class Markdown(LineFormat):
    """Whole values, as in `csv`. A cell is text: no link, picture or HTML of the server comes alive in it."""

    def format_line(self, cells: Sequence[str]) -> str:
        return f"| {' | '.join(map(_escape, cells))} |\n"

    def format_header(self, columns: Sequence[str]) -> str:
        return f"{self.format_line(columns)}{'| --- ' * len(columns)}|\n"


def _escape(text: str) -> str:
    from re import sub

    text = text.replace("&", "&amp;").replace("<", "&lt;")
    # A link or picture needs `](`; brackets alone are text.
    text = sub(_ACTIVE, r"\\\g<0>", text).replace("](", "]\\(")
    return sanitise.pipe_line(sub("\r\n|[\r\n]", "<br>", text))
