"""What a change is about to touch is read before it leaves: by its name, or in one list where it is much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from airflowctl.api.client import Client
from airflowctl.core.errors import CliError, Interrupted, ServerRefused, Unreachable
from airflowctl.core.undo import POOL
from airflowctl.session import registry
from airflowctl.undo.reading import read
from airflowctl.undo.recorder import Recorder, RecorderContext
from tests.support.stub import Reply, Request, Stub, reply

POOLS = 250


@pytest.fixture
def client(stub: Stub) -> Client:
    def answer(request: Request) -> Reply:
        name = request.path.removeprefix("/api/v2/pools").removeprefix("/")
        if name:
            return reply(pool(name)) if name in names(POOLS) else reply({"detail": "no such pool"}, 404)
        offset, limit = (int(request.query[part][0]) for part in ("offset", "limit"))
        rows = [pool(name) for name in names(POOLS)[offset : offset + limit]]
        return reply({"pools": rows, "total_entries": POOLS})

    stub.answer = answer
    return Client(stub.url)


def names(count: int) -> list[str]:
    return [f"p{number}" for number in range(count)]


def pool(name: str) -> dict[str, Any]:
    return {"name": name, "slots": int(name[1:]), "description": None, "include_deferred": False}


def test_few_are_read_by_their_names(client: Client, stub: Stub) -> None:
    records = read(client, POOL, [("p7",), ("none",)])
    assert records[("none",)] is None
    assert (records[("p7",)] or {})["slots"] == 7
    assert sorted(stub.sent) == ["GET /api/v2/pools/none", "GET /api/v2/pools/p7"]


def test_many_are_read_in_a_list_until_all_are_there(client: Client, stub: Stub) -> None:
    records = read(client, POOL, [(name,) for name in names(9)])
    assert [(records[name,] or {})["slots"] for name in names(9)] == list(range(9))
    assert len(stub.requests) == 1


def test_what_is_in_no_list_is_looked_for_to_its_end(client: Client, stub: Stub) -> None:
    records = read(client, POOL, [*((name,) for name in names(9)), ("none",)])
    assert records.pop(("none",)) is None
    assert None not in records.values()
    assert len(stub.requests) == 3


def recorder(api: Callable[[], Client]) -> Recorder:
    context = RecorderContext(
        api, *[cast("Any", lambda *_: None)] * 3, cast("Any", lambda text: text), lambda _: None
    )
    return Recorder(registry.commands("pools")["pools", "update"], {}, context)


@pytest.mark.parametrize("error", [Unreachable("gone"), Interrupted("Ctrl-C"), ServerRefused("no")])
def test_nothing_is_sent_before_it_is_known_what_was_there(error: CliError) -> None:
    def fail() -> Client:
        raise error

    sent: list[str] = []
    change = recorder(fail)

    def send() -> None:
        change.around("patch_pool", None, {"slots": 3}, {"pool_name": "p1"}, lambda: sent.append("patch"))

    if isinstance(error, ServerRefused):  # a user who may change it, and not read it
        send()
        assert sent == ["patch"]
    else:
        with pytest.raises(type(error)):
            send()
        assert sent == []
    assert not change.is_in_doubt
