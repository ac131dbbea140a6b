"""A result in the format that was asked for, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from airflowctl.core.errors import NoColumn, ServerRefused, did_you_mean
from airflowctl.core.result import NO_DATA, Item, Record, Rows, Shown, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.output import sanitise
from airflowctl.output.cells import MISSING, full, lookup
from airflowctl.output.times import UTC, Clock

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.output.query import Found

RULED = ("table", "wide")


class Style(NamedTuple):
    """How to show results. `width` is that of the terminal; None in a pipe, where nothing is cut."""

    format: str
    columns: tuple[str, ...] | None
    header: bool
    width: int | None
    explicit: bool = False
    unicode: bool = True
    sort: tuple[str, ...] = ()
    query: str = ""
    clock: Clock = UTC
    colour: bool = False


def render(result: Shown, style: Style) -> Iterator[str]:
    """The text of a result in pieces; formats that can stream give a piece a row."""
    if style.sort and isinstance(result, Rows):
        from airflowctl.output.order import ordered

        result = result._replace(items=ordered(result.items, style.sort))
    if style.query and (isinstance(result, Rows | Record) or getattr(result, "data", NO_DATA) is not NO_DATA):
        from airflowctl.output.query import Found, applied

        found = applied(result, style.query)
        if isinstance(found, Found):
            yield from _found(found, style)
            return
        result = found
    yield from _whole(result, style)


def _whole(result: Shown, style: Style) -> Iterator[str]:
    if isinstance(result, Text) and style.explicit and isinstance(result.data, Mapping) and result.data:
        yield from _record(Record(result.data, next(iter(result.data))), style)
    elif isinstance(result, Text):
        yield from _text(result, style)
    elif isinstance(result, Record):
        yield from _record(result, style)
    elif isinstance(result, Rows):
        yield from _rows(result, style)
    elif result is not None:
        from airflowctl.output.display import displayed

        yield from displayed(result, style)


def _text(result: Text, style: Style) -> Iterator[str]:
    if style.explicit and style.format in DOCUMENTS:
        data = result.text if result.data is NO_DATA else result.data
        yield DOCUMENTS[style.format](data, style)
    elif result.text:
        text = result.text if style.width is None else sanitise.prose(result.text)
        yield text if text.endswith("\n") else text + "\n"


def _found(found: Found, style: Style) -> Iterator[str]:
    """A value as it is; of a list a line a value, and of lists within it a line a list."""
    data = found.data
    if style.format == "jsonl" and isinstance(data, list):
        yield from (document(one, style) for one in data)
    elif style.format in DOCUMENTS:
        yield DOCUMENTS[style.format](data, style)
    elif not isinstance(data, list):
        yield from _text(Text("null" if data is None else full(data)), style)
    elif style.format in ("tsv", "csv"):
        yield from (_line_of(one, style) for one in data)
    elif data:
        lines = [one if isinstance(one, list) else [one] for one in data]
        names = tuple(str(place) for place in range(max(map(len, lines), default=0)))
        items = [dict(zip(names, line, strict=False)) for line in lines]
        plain = style._replace(header=False, columns=None)
        yield from _rows(Rows(items, names, "0"), plain)


def _line_of(data: Any, style: Style) -> str:
    fields = [full(one) for one in data] if isinstance(data, list) else [full(data)]
    return (_csv_line if style.format == "csv" else _tsv_line)(fields)


def _record(result: Record, style: Style) -> Iterator[str]:
    item = result.item
    if style.format in RULED:
        wanted = item if style.format == "wide" else result.table or result.columns or item
        columns = style.columns or tuple(name for name in wanted if name in item)
        _check_columns(style.columns, item)
        from airflowctl.output.table import record

        yield record(item, columns, style.width, clock=style.clock, colour=style.colour) + "\n"
    elif style.format in DOCUMENTS:
        yield DOCUMENTS[style.format](_picked(item, style.columns), style)
    else:
        columns = style.columns or result.columns or tuple(item)
        yield from _rows(Rows([item], columns, result.key), style)


def _rows(result: Rows, style: Style) -> Iterator[str]:
    items = _checked(result.items, style.columns)
    if style.format == "jsonl":
        for item in items:
            yield document(_picked(item, style.columns), style)
    elif style.format in DOCUMENTS:
        yield DOCUMENTS[style.format]([_picked(item, style.columns) for item in items], style)
    elif style.format == "name":
        for item in items:
            yield sanitise.piped(full(lookup(item, result.key))) + "\n"
    elif style.format in ("tsv", "csv"):
        yield from _separated(items, _streamed_columns(result, style), style)
    else:
        yield from _aligned(list(items), result, style)


def _aligned(items: Sequence[Item], result: Rows, style: Style) -> Iterator[str]:
    from airflowctl.output.table import table

    items = [_without_blanks(item, result.optional) for item in items]
    columns = style.columns or _used_columns(result, items)
    for_eyes = style.format in RULED
    if for_eyes and result.none:
        items = [_in_words(item, result.none) for item in items]
    if items:
        if style.format == "wide" and not style.columns:
            columns = _wide_columns(items, columns, result, style)
            if result.bar and style.width is not None:
                from airflowctl.output.bars import with_bars

                items, columns = with_bars(items, columns, result.bar, style)
        text = table(
            items,
            columns,
            style.width if for_eyes else None,
            key=result.key,
            header=style.header,
            ruled=style.format == "table" or (for_eyes and style.width is not None),
            clock=style.clock,
            colour=style.colour and for_eyes,
        )
        yield text + "\n"


def _wide_columns(
    items: Sequence[Item], columns: tuple[str, ...], result: Rows, style: Style
) -> tuple[str, ...]:
    """Those that the command names, then each field that is one value, as far as there is room."""
    from airflowctl.output.table import with_room

    named = [name for name in result.wide if any(lookup(it, name) not in (MISSING, None, "") for it in items)]
    fields = dict.fromkeys(name for item in items for name in item)
    simple = [name for name in fields if name not in named and _is_simple(items, name)]
    more = [name for name in (*named, *simple) if name not in columns]
    return with_room(items, columns, more, style.width, style.clock)


def _is_simple(items: Sequence[Item], name: str) -> bool:
    values = [item.get(name) for item in items]
    return any(value not in (None, "") for value in values) and not any(
        isinstance(value, list | Mapping) for value in values
    )


def _streamed_columns(result: Rows, style: Style) -> tuple[str, ...]:
    """All of them: what a later row holds is not known yet."""
    return style.columns or result.columns


def _without_blanks(item: Item, optional: Mapping[str, object]) -> Item:
    return {name: value for name, value in item.items() if optional.get(name, MISSING) != value}


def _in_words(item: Item, none: Mapping[str, str]) -> Item:
    return {**item, **{name: words for name, words in none.items() if item.get(name) is None}}


def _used_columns(result: Rows, items: Sequence[Item]) -> tuple[str, ...]:
    def used(column: str) -> bool:
        return column not in result.optional or any(full(lookup(item, column)) for item in items)

    return tuple(column for column in result.columns if used(column))


def _separated(items: Iterable[Item], columns: Sequence[str], style: Style) -> Iterator[str]:
    write = _csv_line if style.format == "csv" else _tsv_line
    lines = (write([full(lookup(item, column)) for column in columns]) for item in items)
    first = next(lines, "")  # before the header: when this fails, nothing is on stdout
    if style.header:
        yield write(columns)
    yield first
    yield from lines


def _tsv_line(fields: Sequence[str]) -> str:
    return "\t".join(sanitise.field(text) for text in fields) + "\n"


def _csv_line(fields: Sequence[str]) -> str:
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(fields)  # so that a bare CR is quoted as well
    return buffer.getvalue()[:-2] + "\n"


def _checked(items: Iterable[Item], columns: tuple[str, ...] | None) -> Iterator[Item]:
    """The items; the first one tells whether the columns asked for exist."""
    for place, item in enumerate(items):
        if place == 0:
            _check_columns(columns, item)
        yield item


def _check_columns(columns: tuple[str, ...] | None, item: Item) -> None:
    for column in columns or ():
        if lookup(item, column) is MISSING and "." not in column:
            hint = did_you_mean(column, item) or f"there are: {', '.join(item)}"
            raise NoColumn(f"there is no column '{column}'", hint)


def _picked(item: Any, columns: tuple[str, ...] | None) -> Any:
    if not columns:
        return item
    found = {column: lookup(item, column) for column in columns}
    return {column: None if value is MISSING else value for column, value in found.items()}


def _json(data: Any, style: Style, indent: int | None = 2) -> str:
    import json

    text = json.dumps(data, ensure_ascii=not style.unicode, indent=indent)
    return (sanitise.piped_json if style.width is None else sanitise.json_text)(text) + "\n"


def document(data: Any, style: Style) -> str:
    """JSON in one line."""
    return _json(data, style, None)


_LINE_ENDS = ("\\u0085", "\\u2028", "\\u2029")


def _yaml(data: Any, style: Style) -> str:
    import yaml

    # PyYAML leaves these line ends of Unicode as they are, and readers take them for spaces; and letters that
    # a terminal would not show.
    text = _json(data, style)
    odd = "\\u" in text if style.width is not None else any(end in text for end in _LINE_ENDS)
    try:
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=style.unicode and not odd, width=1_000_000)
    except RecursionError:
        raise ServerRefused("this is nested too deeply for YAML", "give -o json") from None


DOCUMENTS: dict[str, Callable[[Any, Style], str]] = {"json": _json, "jsonl": document, "yaml": _yaml}
