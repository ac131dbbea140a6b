"""Lists of many pages, and the client by itself: what is asked of which server, and where it ends."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from airflowctl.api.client import Client
from airflowctl.core.errors import NotAirflow, UsageError
from tests.api.test_transport_errors import POOL, answered, at
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

# Lists.


def listing(total: int, most: int = 100, count: int | None = None) -> Callable[[Request], Reply]:
    """A server with so many pools that gives at most `most` a page and claims `count` in all."""

    def answer(request: Request) -> Reply:
        start = int(request.query.get("offset", ["0"])[0])
        size = min(int(request.query["limit"][0]), most)
        rows = [{**POOL, "name": f"p{place}"} for place in range(start, min(start + size, total))]
        return reply({"pools": rows, "total_entries": total if count is None else count})

    return answer


@pytest.mark.parametrize(
    ("total", "most", "offsets"),
    [
        (0, 100, [0]),
        (1, 100, [0]),
        (100, 100, [0]),
        (101, 100, [0, 100]),
        (250, 100, [0, 100, 200]),
        (70, 30, [0, 30, 60]),
    ],
)
def test_a_list_goes_on_by_the_rows_that_came(
    program: Program, stub: Stub, total: int, most: int, offsets: list[int]
) -> None:
    stub.answer = listing(total, most)
    done = at(program, stub.url)("pools", "list", "-o", "name")
    assert done.lines == [f"p{place}" for place in range(total)]
    assert [int(request.query.get("offset", ["0"])[0]) for request in stub.requests] == offsets


@pytest.mark.parametrize(
    ("limit", "sizes"), [(1, [1]), (99, [99]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
def test_a_limit_is_kept_to_the_row(program: Program, stub: Stub, limit: int, sizes: list[int]) -> None:
    stub.answer = listing(1000)
    done = at(program, stub.url)("pools", "list", "-o", "name", "--limit", str(limit))
    assert len(done.lines) == limit
    assert [int(request.query["limit"][0]) for request in stub.requests] == sizes


def test_a_limit_with_a_server_that_clamps(program: Program, stub: Stub) -> None:
    stub.answer = listing(1000, most=40)
    done = at(program, stub.url)("pools", "list", "-o", "name", "--limit", "90")
    assert done.lines == [f"p{place}" for place in range(90)]
    assert len(stub.requests) == 3


def test_a_limit_of_nothing_asks_nothing(program: Program, stub: Stub) -> None:
    done = at(program, stub.url)("pools", "list", "-o", "json", "--limit", "0")
    assert (done.json, done.code, stub.requests) == ([], 0, [])


def test_a_server_that_counts_wrongly_is_no_endless_loop(program: Program, stub: Stub) -> None:
    stub.answer = listing(3, count=10_000)
    done = at(program, stub.url)("pools", "list", "-o", "name")
    assert (done.lines, done.code) == (["p0", "p1", "p2"], 0)
    assert len(stub.requests) == 2


def test_a_server_that_gives_more_than_the_limit_is_cut(program: Program, stub: Stub) -> None:
    rows = [{**POOL, "name": f"p{place}"} for place in range(9)]
    done = answered(
        program,
        stub,
        reply({"pools": rows, "total_entries": 9}),
        "pools",
        "list",
        "--limit",
        "2",
        "-o",
        "name",
    )
    assert done.lines == ["p0", "p1"]


def test_a_list_that_breaks_on_its_second_page_fails(program: Program, stub: Stub) -> None:
    first = listing(150)
    stub.answer = lambda request: first(request) if len(stub.requests) == 1 else reply("x", 500, "text/plain")
    for format in ("json", "table", "csv"):
        stub.requests.clear()
        done = at(program, stub.url)("pools", "list", "-o", format)
        assert done.code == 1
        assert "the server failed (500)" in done.err
        assert format != "json" or done.out == ""


# The client by itself.


def test_a_client_refuses_query_parameters_that_the_operation_has_not() -> None:
    client = Client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    with pytest.raises(ValueError, match="nonsense"):
        client.call("get_pools", query={"nonsense": 1})


def test_a_client_gives_none_for_an_answer_without_content() -> None:
    client = Client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(204)))
    assert client.call("delete_variable", variable_key="k") is None


def test_a_client_repeats_tuples_and_leaves_out_none() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    client = Client("http://x", transport=httpx.MockTransport(answer))
    client.call("get_dags", query={"tags": ("a b", "c&d"), "paused": False, "owners": (), "limit": None})
    assert seen[0].url.params.multi_items() == [("tags", "a b"), ("tags", "c&d"), ("paused", "false")]


def test_a_client_raises_errors_of_ours_only() -> None:
    client = Client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(302)))
    with pytest.raises(NotAirflow) as caught:
        client.call("get_pools")
    assert (caught.value.status, caught.value.exit_code) == (302, 1)
    with pytest.raises(UsageError):
        client.call("get_pool", pool_name="..")
