"""The one reader of lists that come in pages: which page is next, where a list ends, what no list may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from airflowctl.api.answer_reader import read_rows
from airflowctl.api.operations import table
from airflowctl.core.errors import CliError

PAGE = 100  # the server's own default for the longest page; it silently cuts a larger limit
# Pages that are read of a list whose count of rows is missing or too small: 100,000 rows at the usual length.
# A list without a count that never ends would be read for ever.
MOST_UNCOUNTED = 1000
CHANGED = "the list changed while it was read: rows may be missing"
_START = ""

# Where an offset costs the server ever more: of 100,000 task instances the last page took 3 s on SQLite. Runs
# have a cursor too, but are read faster by an offset, and several pages at once were never faster than one.
BY_CURSOR = ("get_task_instances",)

Row = dict[str, Any]
Query = Mapping[str, Any]


class Position(NamedTuple):
    """Which rows are asked for: at most `limit`, from `offset` on, or from `cursor` on unless it is None."""

    limit: int
    offset: int
    cursor: str | None


class Page(NamedTuple):
    """Some rows of a list, and how many there are in all if the server says so. `next` is the server's
    cursor for the next page; None with `has_cursor` is the end. `is_whole`: the operation has no pages, so
    this is all of the list. `body` is the answer that the rows came in."""

    rows: list[Row]
    total: int | None
    next: str | None = None
    has_cursor: bool = False
    is_whole: bool = False
    body: Any = None


class Chunk(NamedTuple):
    """The rows of a page that no earlier page had, cut to the limit; `received` counts the rows of all chunks
    up to this, and `offset` is where the page began on the server."""

    rows: list[Row]
    received: int
    total: int | None
    page: Page
    offset: int = 0
    is_last: bool = False


class Source(NamedTuple):
    """A list on a server. `fetch` asks for one page; `unexpected` makes the error for an answer that no
    list gives, from words that follow `answered get_pools`; `note` shows a warning; `size` is the length
    of a page, and `by_cursor` says whether to ask for pages by the server's cursor."""

    fetch: Callable[[Position], Page]
    unexpected: Callable[[str], Exception]
    note: Callable[[str], object] | None = None
    size: int = PAGE
    by_cursor: bool = False


def read_count(value: Any) -> int | None:
    """Return a count of rows; None where the server sent something that cannot be one."""
    return value if type(value) is int and value >= 0 else None


# Rows move to the next page when others come before them: each is returned once (decision 0016).
def identify(row: Row, items: str) -> object:
    """Return what a row of the list `items` (`dags`, say) keeps on any page: its id, else all of its
    content."""
    own, dag = dict.get(row, "id", dict.get(row, f"{items.removesuffix('s')}_id")), dict.get(row, "dag_id")
    is_id = isinstance(own, int | str) and isinstance(dag, str | None)
    return (dag, own) if is_id else hash(repr(row))


def read_chunks(source: Source, items: str, limit: int | None = None) -> Iterator[Chunk]:
    """Yield the rows of a list, page by page, each row once, up to `limit`.

    Raises the source's error, after the good rows, where a page or a cursor comes again or rows never end.
    """
    pager = _Pager(source, items)
    received = 0
    while limit is None or received < limit:
        left = source.size if limit is None else min(source.size, limit - received)
        chunk = pager.read_next(left)
        rows = chunk.rows if limit is None else chunk.rows[: limit - received]
        received += len(rows)
        is_last = chunk.is_last or received == limit
        yield chunk._replace(rows=rows, received=received, is_last=is_last)
        if is_last:
            return
        pager.check()


class _Pager:
    """Where the reading of a list stands."""

    def __init__(self, source: Source, items: str) -> None:
        self._source, self._items = source, items
        self._offset = 0
        self._cursor = _START if source.by_cursor else None
        self._cursors = {self._cursor}
        self._total: int | None = None
        self._longest = self._uncounted = 0
        self._has_begun = self._has_changed = False
        self._before: list[Row] = []  # the page before, whose rows are identified once there is a second
        self._seen: set[object] = set()

    def read_next(self, limit: int) -> Chunk:
        """Ask for the next page."""
        offset = self._offset
        page = self._source.fetch(Position(limit, offset, self._cursor))
        if page.is_whole:
            return self._read_whole(page)
        if len(page.rows) > (limit if page.total is None else min(limit, page.total)):
            page = page._replace(rows=self._drop_repeated(page.rows))
        self._offset += len(page.rows)
        is_last = self._is_last(page, limit)
        rows = self._select_fresh(page.rows, is_last)
        self._compare_totals(page)
        self._cursor = page.next if page.has_cursor else None
        self._before, self._has_begun = page.rows, True
        return Chunk(rows, 0, page.total, page, offset, is_last)

    def _drop_repeated(self, rows: list[Row]) -> list[Row]:
        """Return the rows of a page that has more of them than it may, or than all of the list: each once."""
        unique: dict[object, Row] = {}
        for row in rows:
            unique.setdefault(identify(row, self._items), row)
        return list(unique.values())

    def _read_whole(self, page: Page) -> Chunk:
        has, counted = len(page.rows), page.total
        if self._source.note and counted is not None and counted > has:
            self._source.note(
                f"the server counts {counted} {self._items} and sent {has}: rows may be missing"
            )
        return Chunk(page.rows, 0, has, page, is_last=True)

    def check(self) -> None:
        """Raise an error if the server would send pages for ever."""
        if self._cursor is not None and self._cursor in self._cursors:
            raise self._source.unexpected("with the same cursor again and again")
        self._cursors.add(self._cursor)
        if self._uncounted > MOST_UNCOUNTED:
            raise self._source.unexpected(
                f"with more than {self._offset} rows, and does not say how many there are"
            )

    def _is_last(self, page: Page, limit: int) -> bool:
        length, total = len(page.rows), page.total
        self._longest = max(self._longest, length)
        if not length:
            return True
        if page.has_cursor:
            # A count that is smaller than what came is no count; with a cursor there is none at all.
            self._uncounted += total is not None and total < self._offset
            return page.next is None
        if total is not None and total >= self._offset:
            return total == self._offset
        self._uncounted += 1
        # Some servers send fewer rows than they are asked for: a short page alone is no end.
        if self._has_begun or total is not None:
            return length < min(limit, self._longest) and self._has_begun
        return length < limit

    def _select_fresh(self, rows: list[Row], is_last: bool) -> list[Row]:
        """Return the rows that no page before had: some move to the next page when others come before
        them."""
        if not self._has_begun:
            return rows
        before = [identify(row, self._items) for row in self._before]
        self._seen.update(before)
        keys = [identify(row, self._items) for row in rows]
        fresh = [row for row, key in zip(rows, keys, strict=True) if key not in self._seen]
        if len(fresh) == len(rows):
            return rows
        # A last page that is all old rows is what a row that was deleted meanwhile leaves behind.
        is_shifted = is_last and len(keys) < len(before) and before[-len(keys) :] == keys
        if not fresh and not is_shifted:
            again = "the same page" if keys == before else "rows of earlier pages"
            raise self._source.unexpected(f"with {again} again and again")
        self._note_change()
        return fresh

    def _compare_totals(self, page: Page) -> None:
        if not page.has_cursor and self._has_begun and page.total != self._total:
            self._note_change()
        self._total = page.total

    def _note_change(self) -> None:
        if self._source.note and not self._has_changed:
            self._source.note(CHANGED)
        self._has_changed = True


class Caller(Protocol):
    """What calls one operation: airflowctl.api.client.Client."""

    def call(self, op: str, *, query: Query | None = ..., ignorable: Any = ..., **path: str) -> Any: ...
    def unexpected_response(self, op: str, problem: str) -> CliError: ...


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
        fetch=lambda index: fetch_page(caller, op, items, path, index, query),
        unexpected=lambda problem: caller.unexpected_response(op, problem),
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
    rows = read_rows(answer, items, position.offset)
    if rows is None:
        raise caller.unexpected_response(op, f"without {items}")
    total = read_count(dict.get(answer, "total_entries"))
    if not is_paged:
        return Page(rows, total, is_whole=True)
    next_cursor = dict.get(answer, "next_cursor") if cursor else None
    if next_cursor is not None and not isinstance(next_cursor, str):
        raise caller.unexpected_response(op, "with a next_cursor that is no text")
    return Page(rows, total, next_cursor or None, has_cursor=bool(cursor) and "next_cursor" in answer)
