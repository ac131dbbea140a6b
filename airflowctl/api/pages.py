"""Long lists, a page at a time: by the server's cursor where that is quicker, else by counting on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from airflowctl.api.operations import table

if TYPE_CHECKING:
    from airflowctl.api.client import Client, Query

PAGE = 100  # the server's own default for the longest page; it silently cuts a larger limit

# Where an offset costs the server ever more: of 100,000 task instances the last page took 3 s on SQLite. Runs
# have a cursor too, but are read faster by an offset, and several pages at once were never faster than one.
BY_CURSOR = ("get_task_instances",)
_START = ""


class Page(NamedTuple):
    """Some items of a list, how many there are in all if the server says so, and what it calls the next page:
    None where there is no more, or no cursor."""

    rows: list[dict[str, Any]]
    total: int | None
    next: str | None = None
    has_cursor: bool = False


def every(
    client: Client, op: str, items: str, path: Mapping[str, str], limit: int | None, query: Query | None
) -> Iterator[tuple[list[dict[str, Any]], int, int | None]]:
    """The pages of a list, up to `limit` items: each with how many came so far, and how many there are."""
    received, before = 0, None
    is_long = limit is None or limit > PAGE
    cursor: str | None = _START if is_long and op in BY_CURSOR else None
    while limit is None or received < limit:
        size = PAGE if limit is None else min(PAGE, limit - received)
        place: dict[str, Any] = {"offset": received} if cursor is None else {"cursor": cursor}
        page = ask(client, op, items, path, {"limit": size, **place}, query)
        rows = page.rows[:size]
        if rows and rows == before:
            raise client.odd(op, "with the same page again and again")
        before, received = rows, received + len(rows)
        yield rows, received, page.total
        cursor = page.next if page.has_cursor else None
        if not rows or (page.has_cursor and cursor is None):
            return
        is_last = received >= page.total if page.total is not None else len(page.rows) < size
        if is_last and not page.has_cursor:
            return


def ask(
    client: Client,
    op: str,
    items: str,
    path: Mapping[str, str],
    paging: Query,
    query: Query | None,
) -> Page:
    """One page of a list operation. A server without cursors passes over one, and sends the first page."""
    has_pages = "offset" in table()[op].query
    sent = {**(query or {}), **{name: value for name, value in paging.items() if name != "cursor"}}
    ignorable = {name: value for name, value in paging.items() if name == "cursor"}
    answer = client.call(op, query=sent if has_pages else query, ignorable=ignorable, **path)
    rows, total = answer.get(items), answer.get("total_entries")
    if isinstance(rows, list):  # tags are texts
        rows = [{"name": row} if isinstance(row, str) else row for row in rows]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise client.odd(op, f"without {items}")
    if not has_pages:
        return Page(rows, len(rows))
    following = answer.get("next_cursor")
    has_cursor = bool(ignorable) and "next_cursor" in answer
    return Page(rows, total if isinstance(total, int) else None, following or None, has_cursor)
