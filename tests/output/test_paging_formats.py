"""What stdout holds where a list fails on a later page: all of a document or nothing, and only whole rows."""

from __future__ import annotations

import pytest

from tests.api.test_transport_errors import POOL, at
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

COUNT = {"total_entries": 250}


def fails_later(request: Request) -> Reply:
    """The first page of 250 pools, and an error for each other."""
    if request.query.get("offset", ["0"]) != ["0"]:
        return reply({"detail": "broken"}, 500)
    return reply({"pools": [{**POOL, "name": f"p{place}"} for place in range(100)], **COUNT})


def comes_again(request: Request) -> Reply:
    """The first page of 250 pools, whatever is asked for."""
    return reply({"pools": [{**POOL, "name": f"p{place}"} for place in range(100)], **COUNT})


@pytest.mark.parametrize("answer", [fails_later, comes_again])
@pytest.mark.parametrize("format", ["json", "yaml", "table", "wide", "plain"])
def test_a_document_or_a_table_is_whole_or_nothing(
    program: Program, stub: Stub, answer: object, format: str
) -> None:
    stub.answer = answer  # type: ignore[assignment]
    done = at(program, stub.url)("pools", "list", "-o", format)
    assert (done.code, done.out) == (1, "")
    assert done.err.count("error") == 1


@pytest.mark.parametrize("answer", [fails_later, comes_again])
@pytest.mark.parametrize(("format", "header"), [("jsonl", 0), ("tsv", 1), ("csv", 1), ("name", 0)])
def test_rows_that_are_printed_are_whole(
    program: Program, stub: Stub, answer: object, format: str, header: int
) -> None:
    stub.answer = answer  # type: ignore[assignment]
    done = at(program, stub.url)("pools", "list", "-o", format)
    assert done.code == 1
    assert done.out.endswith("\n")
    assert len(done.lines) == header + 100


# The lists that are no operations of Airflow's own API, or are asked for in another way.

LISTS = [
    ("users list", "users", [{"username": f"u{place}", "roles": []} for place in range(100)]),
    ("roles list", "roles", [{"name": f"r{place}", "actions": []} for place in range(100)]),
    (
        "permissions list",
        "actions",
        [{"action": {"name": f"a{place}"}, "resource": {"name": "r"}} for place in range(100)],
    ),
    ("jobs list", "jobs", [{"id": place} for place in range(100)]),
    ("jobs check", "jobs", [{"id": place} for place in range(100)]),
    ("api get_pools --paginate", "pools", [{**POOL, "name": f"p{place}"} for place in range(100)]),
]


@pytest.mark.parametrize(("line", "items", "rows"), LISTS, ids=[line for line, *_ in LISTS])
@pytest.mark.parametrize("total", [150, 10**9, None, "many", -1])
def test_a_page_that_comes_for_ever_is_an_error(
    program: Program, stub: Stub, line: str, items: str, rows: list[object], total: object
) -> None:
    stub.answer = lambda request: reply({items: rows, "total_entries": total})
    done = at(program, stub.url)(*line.split())
    assert done.code == 1
    assert "the same page again and again" in done.err
    assert len(stub.requests) <= 4


@pytest.mark.parametrize(("line", "items", "rows"), LISTS, ids=[line for line, *_ in LISTS])
def test_rows_that_are_no_objects_are_an_error(
    program: Program, stub: Stub, line: str, items: str, rows: list[object]
) -> None:
    stub.answer = lambda request: reply({items: [*rows, None], "total_entries": 101})
    done = at(program, stub.url)(*line.split())
    assert (done.code in (1, 2), "Traceback" in done.err) == (True, False)
    assert done.err.startswith("error: ")
