"""The columns of a list: which there are, which are asked for, which of them have a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from airflowctl.core.errors import UnknownColumn, did_you_mean
from airflowctl.core.results import Item, Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.values import MISSING, full_text, lookup

if TYPE_CHECKING:
    from typing import Any

# A table whose first event lacks a field would have no column for it.
_EVENT = {"timestamp": None, "level": None, "logger": None}  # what not every event of a log has


def check_items(items: Iterable[Item], columns: tuple[str, ...] | None) -> Iterator[Item]:
    """Yield the items. Raises NoColumn before the first where it lacks one of the columns: the others may
    still have to be fetched."""
    for number, item in enumerate(items):
        # Rows of one list have the same fields, and each page that is fetched in vain costs the server.
        if number == 0:
            check_columns(columns, item)
        yield item


def check_columns(columns: tuple[str, ...] | None, item: Item) -> None:
    """Raise NoColumn for a column that is no field of the item. A path with dots may lead nowhere."""
    for column in columns or ():
        # What is within a field may be there in one row and not in the next, as in a connection's extra.
        if lookup(item, column) is MISSING and "." not in column:
            hint = did_you_mean(column, item) or f"there are: {', '.join(item)}"
            raise UnknownColumn(f"there is no column '{column}'", hint)


def pick_columns(item: Any, columns: tuple[str, ...] | None) -> Any:
    """Return the item with these fields only, null for what it lacks; without columns, the item."""
    if not columns:
        return item
    values = {column: lookup(item, column) for column in columns}
    return {column: None if value is MISSING else value for column, value in values.items()}


def event_rows(events: Iterable[Item], columns: tuple[str, ...]) -> Rows:
    """Return the events of a log as a list; `columns` stand between the level and the words."""
    items = ({**_EVENT, **event} for event in events)
    return Rows(items, ("timestamp", "level", *columns, "event"), "event")


def drop_blanks(item: Item, optional: Mapping[str, object]) -> Item:
    """Return the item without the fields whose value means none (see `Rows.optional`)."""
    return {name: value for name, value in item.items() if optional.get(name, MISSING) != value}


def fill_in_words(item: Item, none: Mapping[str, str]) -> Item:
    """Return the item with words where it has no value (see `Rows.none`)."""
    return {**item, **{name: words for name, words in none.items() if lookup(item, name) in (None, MISSING)}}


def used_columns(rows: Rows, items: Sequence[Item]) -> tuple[str, ...]:
    """Return the columns without the optional ones in which no item has a value."""

    def is_used(column: str) -> bool:
        return column not in rows.optional or any(full_text(lookup(item, column)) for item in items)

    return tuple(column for column in rows.columns if is_used(column))


def more_columns(rows: Rows, items: Sequence[Item], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a wide table can add to `columns`: those of the command, then each field of one value."""
    named = [
        name for name in rows.wide if any(lookup(entry, name) not in (MISSING, None, "") for entry in items)
    ]
    # In the order in which the server sends them; not every item has all.
    fields = dict.fromkeys(name for item in items for name in item)
    simple = [name for name in fields if name not in named and _is_simple(items, name)]
    return tuple(name for name in (*named, *simple) if name not in columns)


def _is_simple(items: Sequence[Item], name: str) -> bool:
    values = [lookup(item, name) for item in items]
    # A list or an object would fill the width that simple values need.
    return any(value not in (None, "", MISSING) for value in values) and not any(
        isinstance(value, list | Mapping) for value in values
    )


def rows_of(result: object, sort: tuple[str, ...], query: str) -> Rows | None:
    """Return the rows of a result, sorted and queried; None where it has none. Raises UsageError."""
    from airflowctl.core.rich_results import Picture

    if isinstance(result, Record):
        result = Rows([result.item], result.columns or tuple(result.item), result.key)
    rows = result.rows if isinstance(result, Picture) else result
    if not isinstance(rows, Rows):
        return None
    if sort:
        from airflowctl.output.sorting import sort_items

        rows = rows._replace(items=sort_items(rows.items, sort))
    if query:
        from airflowctl.output.query import apply_query

        queried = apply_query(rows, query)
        return queried if isinstance(queried, Rows) else None
    return rows
