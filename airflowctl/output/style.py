"""How results are printed: the base classes of output formats, and the style that a line asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from airflowctl.core.results import Item, Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.output import sanitise
from airflowctl.output.rows import check_items, event_rows, pick_columns
from airflowctl.output.times import UTC, Clock

if TYPE_CHECKING:
    from typing import Any

# How a format writes what a terminal would obey (see Format.escapes).
AS_TEXT, AS_JSON, QUOTED = "text", "json", "quoted"


class Format:
    """An output format. Subclasses set the facts below and define the `format_*` methods.

    The `render_*` methods, which callers use, are the base class's: they check columns and make every piece
    safe, so that no format can forget either. The terminal has a second check in the Printer.
    """

    is_for_eyes = False
    """For reading: times in the user's zone, colours, reports and pictures as such."""
    fits_width = False
    """On a terminal it is cut to the width, and a watch redraws it in place."""
    has_ages = False
    """On a terminal it prints with each time how long ago it was."""
    is_stream = False
    """Each line stands alone, and can be printed before the next is known."""
    is_document = False
    """A result is one document, with the server's structure."""
    has_json_errors = False
    """Errors are JSON too, so that one parser reads both streams."""
    escapes = AS_TEXT
    r"""AS_TEXT: as `\x1b`. AS_JSON: as JSON's `\u001b`. QUOTED: the format's own quotes hold every character,
    and a program that reads it from a pipe gets them as the server sent them."""

    def __init_subclass__(cls) -> None:
        # A format that overrides these would also skip what makes its output safe for a terminal.
        taken = [name for name in vars(cls) if name.startswith("render_") and hasattr(super(cls, cls), name)]
        if taken:
            raise TypeError(f"{cls.__module__}.{cls.__name__} must define format_*, not {', '.join(taken)}")

    def render_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        """Yield the text of a list. Raises NoColumn where `--columns` names none of its fields."""
        rows = rows._replace(items=check_items(rows.items, style.columns))
        return self._make_safe(self.format_rows(rows, style), style)

    def render_record(self, record: Record, style: Style) -> Iterator[str]:
        """Yield the text of one object. Raises NoColumn as `render_rows`."""
        return self._make_safe(self.format_record(record, style), style)

    def render_values(self, values: Sequence[Any], style: Style) -> Iterator[str]:
        """Yield the text of a list of anything, as `--query` finds it."""
        return self._make_safe(self.format_values(values, style), style)

    def render_events(self, events: Iterable[Item], columns: tuple[str, ...], style: Style) -> Iterator[str]:
        """Yield the text of a log's events, each as soon as it has come."""
        return self._make_safe(self.format_events(events, columns, style), style)

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        """Yield the text of a list, a piece a line where the format is a stream."""
        raise NotImplementedError

    def format_record(self, record: Record, style: Style) -> Iterator[str]:
        """Yield the text of one object: without a form of its own, a list of one."""
        columns = style.columns or record.columns or tuple(record.item)
        rows = Rows(check_items([record.item], style.columns), columns, record.key)
        return self.format_rows(rows, style)

    def format_values(self, values: Sequence[Any], style: Style) -> Iterator[str]:
        """Yield a line for each value, and for a list its values side by side."""
        if not values:
            return iter(())
        lines = [value if isinstance(value, list) else [value] for value in values]
        names = tuple(str(number) for number in range(max(map(len, lines))))
        items = [dict(zip(names, line, strict=False)) for line in lines]
        return self.format_rows(Rows(items, names, "0"), style._replace(header=False, columns=None))

    def format_events(self, events: Iterable[Item], columns: tuple[str, ...], style: Style) -> Iterator[str]:
        """Yield the text of a log's events."""
        return self.format_rows(event_rows(events, columns), style)

    def _make_safe(self, pieces: Iterable[str], style: Style) -> Iterator[str]:
        if self.escapes == AS_JSON:
            return map(sanitise.pipe_json if style.width is None else sanitise.json_text, pieces)
        if self.escapes == QUOTED or style.width is not None:  # the Printer escapes what a terminal gets
            return iter(pieces)
        if self.is_for_eyes and style.colour:
            return (sanitise.keep_our_colours(piece, sanitise.pipe_block) for piece in pieces)
        return map(sanitise.pipe_block, pieces)


class DataFormat(Format):
    """A format that keeps the server's structure and types. Subclasses define `format_data`."""

    def render_data(self, data: Any, style: Style) -> Iterator[str]:
        """Yield the text of any value that JSON can hold."""
        return self._make_safe([self.format_data(data, style)], style)

    def format_data(self, data: Any, style: Style) -> str:
        """Return a value as text, with the end of its last line."""
        raise NotImplementedError

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        yield self.format_data([pick_columns(item, style.columns) for item in rows.items], style)

    def format_record(self, record: Record, style: Style) -> Iterator[str]:
        yield self.format_data(pick_columns(record.item, style.columns), style)

    def format_values(self, values: Sequence[Any], style: Style) -> Iterator[str]:
        yield self.format_data(values, style)


class Style(NamedTuple):
    """How to print results. `width` is that of the terminal; None in a pipe, where nothing is cut. `explicit`
    is set where the line names a format or a query: nothing is chosen for the user then. `page_base` is the
    address below which the web pages are that ids link to; "" for no links. `patience` are the seconds after
    which a table begins with the rows that have come; 0: when it has all."""

    format: Format
    columns: tuple[str, ...] | None
    header: bool
    width: int | None
    explicit: bool = False
    unicode: bool = True
    sort: tuple[str, ...] = ()
    query: str = ""
    clock: Clock = UTC
    colour: bool = False
    page_base: str = ""
    patience: float = 0.0
