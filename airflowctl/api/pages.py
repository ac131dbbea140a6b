"""Long lists of the operations: by the server's cursor where that is quicker, else by an offset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from airflowctl.api.list_pager import PAGE, Chunk, Page, Position, Source, read_chunks, read_count
from airflowctl.api.operations import table
from airflowctl.core.errors import CliError

Query = Mapping[str, Any]

# Where an offset costs the server ever more: of 100,000 task instances the last page took 3 s on SQLite. Runs
# have a cursor too, but are read faster by an offset, and several pages at once were never faster than one.
BY_CURSOR = ("get_task_instances",)


class Caller(Protocol):
    """What calls one operation: airflowctl.api.client.Client."""

    def call(self, op: str, *, query: Query | None = ..., ignorable: Any = ..., **path: str) -> Any: ...
    def unexpected_response(self, op: str, what: str) -> CliError: ...


def iter_pages(
    caller: Caller,
    op: str,
    items: str,
    path: Mapping[str, str],
    limit: int | None,
    query: Query | None,
    note: Callable[[str], object] | None = None,
) -> Iterator[Chunk]:
    """Return the pages of a list, up to `limit` items."""
    source = Source(
        fetch=lambda place: fetch_page(caller, op, items, path, place, query),
        unexpected=lambda what: caller.unexpected_response(op, what),
        note=note,
        size=PAGE,
        by_cursor=op in BY_CURSOR and (limit is None or limit > PAGE),
    )
    return read_chunks(source, items, limit)


def has_pages(op: str) -> bool:
    """Return whether the operation gives its list in pages: else one answer is all of it."""
    return "offset" in table()[op].query


def fetch_page(
    caller: Caller,
    op: str,
    items: str,
    path: Mapping[str, str],
    position: Position,
    query: Query | None,
) -> Page:
    """Fetch one page of a list operation."""
    is_paged = has_pages(op)
    paging = {"limit": position.limit, **({"offset": position.offset} if position.cursor is None else {})}
    # Not a declared parameter: an older server passes over it, so that no version is asked for (decision
    # 0016).
    cursor = {} if position.cursor is None else {"cursor": position.cursor}
    sent = {**(query or {}), **paging} if is_paged else query
    answer = caller.call(op, query=sent, ignorable=cursor, **path)
    rows = answer.get(items)
    if isinstance(rows, list):  # tags are texts
        rows = [{"name": row} if isinstance(row, str) else row for row in rows]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise caller.unexpected_response(op, f"without {items}")
    total = read_count(answer.get("total_entries"))
    if not is_paged:
        return Page(rows, total, is_whole=True)
    next_cursor = answer.get("next_cursor") if cursor else None
    if next_cursor is not None and not isinstance(next_cursor, str):
        raise caller.unexpected_response(op, "with a next_cursor that is no text")
    return Page(rows, total, next_cursor or None, has_cursor=bool(cursor) and "next_cursor" in answer)
