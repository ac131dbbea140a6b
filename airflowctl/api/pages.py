"""Long lists of the operations: by the server's cursor where that is quicker, else by an offset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from airflowctl.api.list_pager import PAGE, Chunk, Page, Place, Source, read_chunks, read_count
from airflowctl.api.operations import table
from airflowctl.core.errors import CliError

Query = Mapping[str, Any]

# Where an offset costs the server ever more: of 100,000 task instances the last page took 3 s on SQLite. Runs
# have a cursor too, but are read faster by an offset, and several pages at once were never faster than one.
BY_CURSOR = ("get_task_instances",)


class Caller(Protocol):
    """What calls one operation: airflowctl.api.client.Client."""

    def call(self, op: str, *, query: Query | None = ..., ignorable: Any = ..., **path: str) -> Any: ...
    def odd(self, op: str, what: str) -> CliError: ...


def every(
    caller: Caller,
    op: str,
    items: str,
    path: Mapping[str, str],
    limit: int | None,
    query: Query | None,
    note: Callable[[str], object] | None = None,
) -> Iterator[Chunk]:
    """The pages of a list, up to `limit` items."""
    source = Source(
        fetch=lambda place: ask(caller, op, items, path, place, query),
        odd=lambda what: caller.odd(op, what),
        note=note,
        size=PAGE,
        by_cursor=op in BY_CURSOR and (limit is None or limit > PAGE),
    )
    return read_chunks(source, items, limit)


def has_pages(op: str) -> bool:
    """Whether the operation gives its list in pages: else one answer is all of it, whatever its length."""
    return "offset" in table()[op].query


def ask(
    caller: Caller,
    op: str,
    items: str,
    path: Mapping[str, str],
    place: Place,
    query: Query | None,
) -> Page:
    """One page of a list operation. A server without cursors passes over one, and sends the first page."""
    is_paged = has_pages(op)
    paging = {"limit": place.limit, **({"offset": place.offset} if place.cursor is None else {})}
    cursor = {} if place.cursor is None else {"cursor": place.cursor}
    sent = {**(query or {}), **paging} if is_paged else query
    answer = caller.call(op, query=sent, ignorable=cursor, **path)
    rows = answer.get(items)
    if isinstance(rows, list):  # tags are texts
        rows = [{"name": row} if isinstance(row, str) else row for row in rows]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise caller.odd(op, f"without {items}")
    total = read_count(answer.get("total_entries"))
    if not is_paged:
        return Page(rows, total, is_whole=True)
    following = answer.get("next_cursor") if cursor else None
    if following is not None and not isinstance(following, str):
        raise caller.odd(op, "with a next_cursor that is no text")
    return Page(rows, total, following or None, has_cursor=bool(cursor) and "next_cursor" in answer)
