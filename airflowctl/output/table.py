"""Tables and records that fit the width of a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.core.background import pace
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output import sanitise
from airflowctl.output.cells import cells_of, cut, wrap
from airflowctl.output.colour import colour_state
from airflowctl.output.times import UTC, Clock
from airflowctl.output.values import brief_text, lookup, short_text

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.output.blocks import Layout
    from airflowctl.output.number_column import NumberColumn

GAP = 2
NARROWEST = 8  # no column is cut below this; where that does not fit, each row is shown on its own


def table(
    items: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    width: int | None,
    *,
    key: str = "",
    header: bool = True,
    ruled: bool = True,
    clock: Clock = UTC,
    colour: bool = False,
    page_base: str = "",
    layout: Layout | None = None,
    numbers: NumberColumn | None = None,
) -> str:
    """Return rows under each other, one line a row. `width` None: nothing is cut; else `key` is cut last.
    `layout` has the widths of the rows that were printed before, `numbers` stand before the rows."""
    titles = [sanitise.line(column) for column in columns]
    rows = _cell_texts(items, columns, titles, width, clock)
    if width is not None:
        # Below eight cells a column says nothing any more; then each row is a record of its own.
        fitting = _fit(_widths(titles, rows), width, columns.index(key) if key in columns else None)
        if fitting is None:
            return _records(items, columns, width, clock, numbers, colour=colour)
        rows = [[cut(text, room) for text, room in zip(row, fitting, strict=True)] for row in rows]
        if any(cells_of(text) > room for text, room in zip(titles, fitting, strict=True)):
            # Most headers fit, and tables start sooner without.
            from airflowctl.output.titles import cut_titles

            titles = cut_titles(titles, fitting)
    missing = _missing_cells(titles if header else (), rows, width, layout) if layout is not None else []
    if colour:
        rows = [_colour_row(row, columns, item) for row, item in zip(rows, items, strict=True)]
    if page_base:
        rows = [_link_row(row, columns, item, page_base) for row, item in zip(rows, items, strict=True)]
    if any(missing):  # one row that is as wide as those above
        rows[0] = [text + " " * cells for text, cells in zip(rows[0], missing, strict=True)]
    if numbers is not None:
        rows, titles = numbers.put_before(rows, colour=colour), [numbers.title, *titles]
    return _tabulate(rows, titles if header else (), "simple" if header and ruled else "plain")


def _records(
    items: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    width: int,
    clock: Clock,
    numbers: NumberColumn | None,
    *,
    colour: bool,
) -> str:
    """Return each row on its own, a line a field."""
    if numbers is not None:
        from airflowctl.output.number_column import TITLE

        columns = (TITLE, *columns)
        items = [{TITLE: text, **item} for text, item in zip(numbers.take(len(items)), items, strict=True)]
    return "\n\n".join(record(item, columns, width, clock=clock, colour=colour) for item in items)


def _missing_cells(
    titles: Sequence[str], rows: list[list[str]], width: int | None, layout: Layout
) -> list[int]:
    """Return how many cells the first row lacks to be as wide as the rows that were printed before."""
    widths = _widths(list(titles) or [""] * len(rows[0]), rows)
    widths = layout.widen(widths, None if width is None else _room(widths, width))
    return [cells - cells_of(text) for text, cells in zip(rows[0], widths, strict=True)]


def _cell_texts(
    items: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    titles: list[str],
    width: int | None,
    clock: Clock,
) -> list[list[str]]:
    """Return the cells; where there is no room, times lose their age, and then their seconds."""
    ageless = clock._replace(now=None)
    ways = [(short_text, clock), (short_text, ageless), (brief_text, ageless)]
    rows: list[list[str]] = []
    for tell, by in ways if clock.now else ways[1:]:
        rows = [
            [_cell(tell(lookup(item, name), name, by, ""), width) for name in columns] for item in pace(items)
        ]
        widths = _widths(titles, rows)
        if width is None or sum(widths) <= _room(widths, width):
            break
    return rows


def _colour_row(row: list[str], columns: Sequence[str], item: Mapping[str, Any]) -> list[str]:
    cells = zip(row, columns, strict=True)
    return [colour_state(text, column, lookup(item, column)) for text, column in cells]


def _link_row(row: list[str], columns: Sequence[str], item: Mapping[str, Any], base: str) -> list[str]:
    from airflowctl.output.links import link_cell

    return [link_cell(text, column, item, base) for text, column in zip(row, columns, strict=True)]


def fit_columns(
    items: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    more: Sequence[str],
    width: int | None,
    clock: Clock = UTC,
) -> tuple[str, ...]:
    """Return the columns, and of `more` those for which a terminal of this width has room, uncut."""
    if width is None:
        return (*columns, *more)
    kept: list[str] = []
    used = sum(_natural(items, column, width, clock) + GAP for column in columns)
    for column in more:
        needed = _natural(items, column, width, clock) + GAP
        if used + needed <= width + GAP:
            kept.append(column)
            used += needed
    return (*columns, *kept)


def _natural(items: Sequence[Mapping[str, Any]], column: str, width: int, clock: Clock) -> int:
    cells = (_cell(short_text(lookup(item, column), column, clock, ""), width) for item in items)
    return max(cells_of(sanitise.line(column)), *map(cells_of, cells))


def record(
    item: Mapping[str, Any],
    columns: Sequence[str],
    width: int | None,
    *,
    clock: Clock = UTC,
    colour: bool = False,
) -> str:
    """Return one object, a line a field; long values go on under themselves."""
    titles = [sanitise.line(column) for column in columns]
    left = max((cells_of(title) for title in titles), default=0)
    room = max(NARROWEST, width - left - GAP) if width else None
    lines = []
    for title, column in zip(titles, columns, strict=True):
        value = lookup(item, column)
        text = sanitise.block(short_text(value, column, clock)).expandtabs(4)
        for index, part in enumerate(wrap(text, room)):
            name = title if index == 0 else ""
            part = colour_state(part, column, value) if colour else part
            lines.append(f"{name}{' ' * (left - cells_of(name) + GAP)}{part}".rstrip())
    return "\n".join(lines)


def _widths(titles: list[str], rows: list[list[str]]) -> list[int]:
    return [max(cells_of(text) for text in column) for column in zip(titles, *rows, strict=True)]


def _room(widths: list[int], total: int) -> int:
    """Return what is left for the cells of a row, between the gaps."""
    return total - GAP * (len(widths) - 1)


def _cell(text: str, width: int | None) -> str:
    # Of a value of megabytes only what may be seen is looked at.
    return sanitise.pipe_line(text) if width is None else sanitise.line(text[: 2 * width])


def _fit(widths: list[int], total: int, spared: int | None) -> list[int] | None:
    """Take from the widest columns until the row fits; None when it cannot.

    The column `spared` keeps up to half of the room as long as there is something to take elsewhere.
    """
    room = _room(widths, total)
    if sum(min(width, NARROWEST) for width in widths) > room:
        return None
    fitted = list(widths)
    while sum(fitted) > room:
        least = [total // 2 if index == spared else NARROWEST for index in range(len(fitted))]
        wide = [index for index, width in enumerate(fitted) if width > least[index]]
        fitted[max(wide or range(len(fitted)), key=fitted.__getitem__)] -= 1
    return fitted


def _tabulate(rows: list[list[str]], titles: Sequence[str], style: str) -> str:
    import tabulate

    tabulate.MIN_PADDING = 0  # or headers are wider than they are
    # Numbers are texts already: tabulate would print an id like 1e5 or 007 as a number.
    text = tabulate.tabulate(
        rows, headers=titles, tablefmt=style, disable_numparse=True, stralign="left", preserve_whitespace=True
    )
    return "\n".join(line.rstrip() for line in text.split("\n"))
