"""Each list operation of the table, page by page: of honest servers, and of servers that lie."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from airflowctl.api import list_pager
from airflowctl.api.list_pager import BY_CURSOR, CHANGED
from tests.support.list_servers import Answer, Lie, Listing, Rows, Server, listings, make_rows


def of_lists(chosen: Callable[[Listing], bool]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The test for each of those lists, as one test: they are thousands, of a millisecond each."""

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        def each_list(**values: object) -> None:
            for listing in filter(chosen, listings()):
                try:
                    test(listing, **values)
                except AssertionError as error:
                    error.add_note(f"the list is {listing.op}")
                    raise

        each_list.__name__, each_list.__doc__ = test.__name__, test.__doc__
        own = inspect.signature(test)
        rest = [each for name, each in own.parameters.items() if name != "listing"]
        each_list.__signature__ = own.replace(parameters=rest)  # type: ignore[attr-defined]
        return each_list

    return decorate


EVERY = of_lists(lambda listing: True)
PAGED = of_lists(lambda listing: listing.is_paged)
WHOLE = of_lists(lambda listing: not listing.is_paged)


def requests_for(listing: Listing, count: int) -> int:
    """How many an honest server needs: no page is asked for that is known to be empty."""
    return max(1, -(-count // 100)) if listing.is_paged else 1


def test_the_lists_are_found_in_the_documents() -> None:
    whole = {listing.op for listing in listings() if not listing.is_paged}
    assert len(listings()) > 30
    assert whole >= {"get_tasks", "edge_jobs", "edge_worker", "get_upstream_asset_events", "import_errors"}


# Honest servers.


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250, 1000])
@EVERY
def test_a_list_is_whole(listing: Listing, count: int) -> None:
    server = Server(listing, make_rows(listing, count))
    assert server.read() == (server.rows, "")
    assert (len(server.queries), server.notes) == (requests_for(listing, count), [])


@pytest.mark.parametrize("limit", [1, 99, 100, 101, 250])
@EVERY
def test_a_limit_is_kept(listing: Listing, limit: int) -> None:
    server = Server(listing, make_rows(listing, 1000))
    assert server.read(limit) == (server.rows[:limit], "")
    if listing.is_paged:
        sizes = [100] * (limit // 100) + [limit % 100] * bool(limit % 100)
        assert [int(query["limit"]) for query in server.queries] == sizes
    else:
        assert len(server.queries) == 1
        assert not {"limit", "offset", "cursor"} & server.queries[0].keys()


@pytest.mark.parametrize("most", [1, 30, 99])
@PAGED
def test_a_server_with_shorter_pages(listing: Listing, most: int) -> None:
    server = Server(listing, make_rows(listing, 70), most=most)
    assert server.read() == (server.rows, "")


@pytest.mark.parametrize("value", [["a"], {"a": 1}, 7, None])
@pytest.mark.parametrize("field", ["dag_id", "id"])
@PAGED
def test_rows_whose_ids_are_odd_are_all_read(listing: Listing, field: str, value: object) -> None:
    server = Server(listing, [{**row, field: value} for row in make_rows(listing, 250)])
    rows, error = server.read()
    # Rows of the same number are the same row.
    assert (rows, error) == (server.rows, "") or (field, value) == ("id", 7)


# Lies about the count, which do not hide a row.


def claim(total: object) -> Lie:
    return lambda answer, offset, asked: {**answer, "total_entries": total}


def claim_nothing(answer: Answer, offset: int, asked: int) -> Answer:
    return {name: value for name, value in answer.items() if name != "total_entries"}


def claim_less_each_time(answer: Answer, offset: int, asked: int) -> Answer:
    return {**answer, "total_entries": max(0, 250 - 100 * asked)}


COUNTS: list[object] = [0, 1, 150, 10**9, 10**30, -5, "5", "many", None, True, 2.5, [], {}]


@pytest.mark.parametrize("count", [0, 1, 250])
@pytest.mark.parametrize("lie", [*map(claim, COUNTS), claim_nothing, claim_less_each_time])
@EVERY
def test_a_false_count_hides_no_row(listing: Listing, count: int, lie: Lie) -> None:
    server = Server(listing, make_rows(listing, count), lie)
    assert server.read() == (server.rows, "")
    assert len(server.queries) <= requests_for(listing, count) + 1


@pytest.mark.parametrize("lie", [claim(0), claim(5), claim(40)])
@PAGED
def test_a_count_that_is_too_small_on_a_server_with_shorter_pages(listing: Listing, lie: Lie) -> None:
    server = Server(listing, make_rows(listing, 70), lie, most=30)
    assert server.read() == (server.rows, "")


@WHOLE
def test_a_list_without_pages_that_is_shorter_than_its_count_is_noted(listing: Listing) -> None:
    server = Server(listing, make_rows(listing, 3), claim(250))
    assert server.read() == (server.rows, "")
    assert server.notes == [f"the server counts 250 {listing.items} and sent 3: rows may be missing"]


# Pages that come again, and lists that never end.


def in_turns(pages: list[Rows], items: str, total: object) -> Lie:
    """These pages over and over, whatever is asked for."""

    def lie(answer: Answer, offset: int, asked: int) -> Answer:
        return {items: pages[(asked - 1) % len(pages)], "total_entries": total}

    return lie


@pytest.mark.parametrize("total", [150, 200, 250, 10**9, None, "many", -1])
@pytest.mark.parametrize("turns", [1, 2, 3])
@PAGED
def test_pages_in_turns_end_with_an_error_after_the_good_rows(
    listing: Listing, turns: int, total: object
) -> None:
    rows = make_rows(listing, 100 * turns)
    pages = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    server = Server(listing, rows, in_turns(pages, listing.items, total))
    if total in (100, 200, 300) and total <= len(rows):  # what was counted has come: nothing more is asked
        assert server.read() == (rows[: int(str(total))], "")
        return
    found, problem = server.read()
    assert found == rows
    assert "again and again" in problem
    assert len(server.queries) == turns + 1


@PAGED
def test_a_server_that_passes_over_the_offset_but_not_the_limit(listing: Listing) -> None:
    rows = make_rows(listing, 150)
    server = Server(
        listing,
        rows,
        lambda answer, offset, asked: {**answer, listing.items: rows[: int(server.queries[-1]["limit"])]},
    )
    found, problem = server.read(150)
    assert (found, "again and again" in problem) == (rows[:100], True)


@PAGED
def test_one_row_for_ever(listing: Listing) -> None:
    rows = make_rows(listing, 1)
    server = Server(listing, rows, in_turns([rows], listing.items, 10**9))
    found, problem = server.read()
    assert (found, "again and again" in problem) == (rows, True)


@pytest.mark.parametrize("total", [5, None])
@PAGED
def test_new_rows_for_ever_without_a_count_that_fits(listing: Listing, total: object) -> None:
    def lie(answer: Answer, offset: int, asked: int) -> Answer:
        length = 2 if total else 100  # a short page is the end of a list that is not counted
        return {listing.items: [{"id": offset + number} for number in range(length)], "total_entries": total}

    server = Server(listing, [], lie)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_pager, "MOST_UNCOUNTED", 20)
        found, problem = server.read()
    assert "does not say how many there are" in problem
    assert 20 < len(server.queries) < 25
    assert len(found) > 20


@pytest.mark.parametrize("total", [600, 3, None])
@PAGED
def test_a_page_that_is_longer_than_asked(listing: Listing, total: object) -> None:
    rows = make_rows(listing, 600)
    server = Server(
        listing,
        rows,
        lambda answer, offset, asked: {listing.items: rows[offset:], "total_entries": total},
    )
    assert server.read() == (rows, "")
    server = Server(listing, rows, lambda answer, offset, asked: {**answer, listing.items: rows[offset:]})
    assert server.read(120) == (rows[:120], "")


# Cursors.

CURSORS = of_lists(lambda listing: listing.op in BY_CURSOR)


@pytest.mark.parametrize("turns", [1, 2, 3])
@CURSORS
def test_cursors_in_turns(listing: Listing, turns: int) -> None:
    def lie(answer: Answer, offset: int, asked: int) -> Answer:
        fresh = [{"id": f"{asked}-{number}"} for number in range(100)]
        return {**answer, listing.items: fresh, "next_cursor": str(asked % turns)}

    server = Server(listing, make_rows(listing, 250), lie)
    found, problem = server.read()
    assert "the same cursor again and again" in problem
    assert len(found) == 100 * len(server.queries) == 100 * (turns + 1)


@CURSORS
def test_new_cursors_to_the_same_rows(listing: Listing) -> None:
    rows = make_rows(listing, 100)

    def lie(answer: Answer, offset: int, asked: int) -> Answer:
        return {**answer, listing.items: rows, "next_cursor": f"{asked}000"}

    found, problem = Server(listing, rows, lie).read()
    assert (found, "again and again" in problem) == (rows, True)


@CURSORS
def test_a_cursor_after_the_last_row_ends_the_list(listing: Listing) -> None:
    rows = make_rows(listing, 100)
    server = Server(listing, rows, lambda answer, offset, asked: {**answer, "next_cursor": f"{asked}00"})
    assert server.read() == (rows, "")
    assert len(server.queries) == 2


@pytest.mark.parametrize("cursor", [7, True, {}, ["a"], 2.5])
@CURSORS
def test_a_cursor_that_is_no_text_is_an_error(listing: Listing, cursor: object) -> None:
    rows = make_rows(listing, 150)
    server = Server(listing, rows, lambda answer, offset, asked: {**answer, "next_cursor": cursor})
    found, problem = server.read()
    assert "next_cursor" in problem
    assert found == []


# Lists that change while they are read.


@pytest.mark.parametrize(("count", "moved"), [(101, 1), (150, 7), (250, 99)])
@PAGED
def test_rows_that_move_to_the_next_page_are_there_once(listing: Listing, count: int, moved: int) -> None:
    rows = make_rows(listing, count)
    new = [{"id": f"new-{number}"} for number in range(moved)]
    server = Server(listing, rows)

    def lie(answer: Answer, offset: int, asked: int) -> Answer:
        if asked == 1:
            server.rows = [*new, *rows]
        return answer

    server._lie = lie
    found, problem = server.read()
    assert (problem, found) == ("", rows)
    assert server.notes == [CHANGED]


@pytest.mark.parametrize("count", [150, 250])
@PAGED
def test_rows_that_are_deleted_meanwhile_are_noted(listing: Listing, count: int) -> None:
    rows = make_rows(listing, count)
    server = Server(listing, rows)

    def lie(answer: Answer, offset: int, asked: int) -> Answer:
        if asked == 1:
            server.rows = rows[1:]
        return answer

    server._lie = lie
    found, problem = server.read()
    assert (problem, found) == ("", [*rows[:100], *rows[101:]])
    assert server.notes == ([] if listing.op in BY_CURSOR else [CHANGED])
