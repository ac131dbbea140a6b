"""Numbers of a column as bars beside them: read down the column, they are its history."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.core.results import Item
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.values import lookup

if TYPE_CHECKING:
    from airflowctl.output.style import Style

TITLE = "trend"
_WIDTH = 8
_EIGHTHS = " ▏▎▍▌▋▊▉"


def add_bars(
    items: Sequence[Item], columns: tuple[str, ...], measured: str, style: Style
) -> tuple[Sequence[Item], tuple[str, ...]]:
    """Return the items and columns with a bar right of each number in `measured`; the largest has the whole
    width. Unchanged where there is nothing to compare, or no room."""
    from airflowctl.output.table import fit_columns

    values = [lookup(item, measured) for item in items]
    numbers = [value for value in values if type(value) in (int, float) and value > 0]
    if measured not in columns or len(numbers) < 2:
        return items, columns
    index = columns.index(measured) + 1
    drawn = [
        {**item, TITLE: _bar(value / max(numbers), style.unicode) if value in numbers else ""}
        for item, value in zip(items, values, strict=True)
    ]
    if TITLE not in fit_columns(drawn, columns, (TITLE,), style.width, style.clock._replace(now=None)):
        return items, columns
    return drawn, (*columns[:index], TITLE, *columns[index:])


def _bar(part: float, unicode: bool) -> str:
    if not unicode:
        return "#" * max(1, round(part * _WIDTH))
    eighths = max(1, round(part * _WIDTH * 8))
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()
