"""The names that completion knows: never waited for, asked for once, kept, renewed and searched."""

from __future__ import annotations

import threading

import httpx
import pytest

from airflowctl.core.results import Text
from airflowctl.session import registry
from airflowctl.session.name_cache import NameCache
from completers.match import find_matches
from completers.protocols import FAILED, LOADING, READY, Known
from tests.support.name_server import DEADLINE, Asker, Clock, Server, command

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


# Never waited for, and asked for once.


def test_nobody_waits_for_a_server_that_hangs(server: Server, ask: Asker) -> None:
    server.gate.clear()
    assert ask() == Known(state=LOADING)
    server.until(lambda: server.calls)
    assert ask() == Known(state=LOADING)
    assert not server.gate.is_set()
    server.gate.set()
    assert ask.settled() == server.keys


def test_a_hundred_looks_are_one_request(server: Server, ask: Asker) -> None:
    server.gate.clear()
    assert {ask(prefix).state for prefix in ("", "k", "k0", "k01") * 25} == {LOADING}
    server.gate.set()
    ask.settled()
    for _ in range(100):
        ask()
    assert len(server.asked()) == 1


def test_many_threads_are_one_request(server: Server, ask: Asker) -> None:
    server.gate.clear()
    start = threading.Barrier(20)

    def look() -> None:
        start.wait(DEADLINE)
        for _ in range(20):
            ask()

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    server.gate.set()
    ask.settled()
    assert len(server.asked()) == 1


def test_all_pages_come_in_order(server: Server, ask: Asker) -> None:
    server.keys = [f"k{number:03}" for number in range(250)]
    assert ask.settled() == server.keys
    assert [call.get("offset", "0") for call in server.asked()] == ["0", "100", "200"]


def test_what_came_is_shown_while_the_rest_comes_and_nothing_moves(server: Server, clock: Clock) -> None:
    server.keys = [f"k{number:03}" for number in range(250)]
    shown: list[list[str]] = []
    asker = Asker(server)

    def changed() -> None:
        shown.append(asker.texts())
        server.rung()

    asker.known = NameCache(lambda: server.client, changed)
    assert asker.settled() == server.keys
    server.until(lambda: {len(texts) for texts in shown} >= {100, 200, 250})
    assert [texts for texts in shown if texts != server.keys[: len(texts)]] == []


def test_folded_names_are_ready_for_matching(server: Server, ask: Asker) -> None:
    server.keys = ["Straße", "ETL"]
    ask.settled()
    assert [find_matches(word, ask().folded, 9) for word in ("strasse", "etl")] == [[0], [1]]


# Kept and renewed.


def test_fresh_names_are_not_asked_for_again(server: Server, ask: Asker, clock: Clock) -> None:
    ask.settled()
    clock.now += registry.kinds()["variable"].fresh - 1
    assert ask().state == READY
    assert len(server.asked()) == 1


def test_old_names_are_shown_while_new_ones_come(server: Server, ask: Asker, clock: Clock) -> None:
    before = ask.settled()
    server.gate.clear()
    server.keys = ["new", *before[:-1]]
    clock.now += 3600
    assert ask.texts() == before
    server.until(lambda: len(server.calls) == 2)
    assert ask.texts() == before
    server.gate.set()
    server.until(lambda: "new" in ask.texts())
    assert ask.settled() == server.keys


@pytest.mark.parametrize("line", ["variables set", "variables delete"])
def test_a_change_asks_again(server: Server, ask: Asker, line: str) -> None:
    ask.settled()
    server.keys = ["made", *server.keys[1:]]
    text = Text("done")
    assert ask.known.record_result(command(line), {"key": "made"}, text) is text
    assert len(server.asked()) == 1
    ask()
    server.until(lambda: "made" in ask.texts())
    assert ask.settled() == server.keys
    assert len(server.asked()) == 2


@pytest.mark.parametrize("part", ["k001", "k0011"])
def test_a_name_that_is_gone_from_among_very_many_is_not_offered(
    server: Server, ask: Asker, part: str
) -> None:
    names = registry.kinds()["variable"]
    server.keys = [f"k{number:04}" for number in range(names.most * 2)]
    ask.settled()
    late = f"{part}_late"
    server.keys.append(late)
    ask.known.record_result(command("variables set"), {"key": late}, Text("done"))
    ask(part)
    server.until(lambda: late in ask.texts(part))
    server.keys.remove(late)
    server.keys.remove("k0011")
    ask.known.record_result(command("variables delete"), {"key": late}, Text("done"))
    server.until(lambda: ask(part) and not {late, "k0011"} & set(ask.texts(part)))
    ask.settled(part)
    assert len(ask.texts()) >= names.most


@pytest.mark.parametrize("line", ["dags pause", "dags trigger", "version", "pools get"])
def test_a_change_of_something_else_does_not(server: Server, ask: Asker, line: str) -> None:
    ask.settled()
    ask.known.record_result(command(line), {"dag_id": "etl"}, Text("done"))
    ask()
    assert len(server.asked()) == 1


def test_a_change_while_names_come_is_not_lost(server: Server, ask: Asker) -> None:
    server.gate.clear()
    ask()
    server.until(lambda: server.calls)
    ask.known.record_result(command("variables set"), {"key": "made"}, Text("done"))
    server.gate.set()
    server.until(lambda: ask() and len(server.calls) == 2)
    ask.settled()
    assert len(server.asked()) == 2


# Failing.


NO_WAY = httpx.ConnectError("[Errno 111] Connection refused")
BROKEN = {
    "no way": NO_WAY,
    "hangs": httpx.ReadTimeout("timed out"),
    "forbidden": httpx.Response(403, json={"detail": "Forbidden"}),
    "page": httpx.Response(200, html="<html>"),
    "other": httpx.Response(200, json={"status": "ok"}),
    "no keys": httpx.Response(200, json={"variables": [None], "total_entries": 1}),
    "fault": RecursionError(),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_failure_shows_as_a_state_only(
    server: Server, ask: Asker, broken: httpx.Response | Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    server.broken = broken
    ask()
    server.until(lambda: ask().state == FAILED)
    assert ask() == Known(state=FAILED)
    assert capfd.readouterr() == ("", "")


def test_a_failing_server_is_left_alone_for_a_while(server: Server, ask: Asker, clock: Clock) -> None:
    server.broken = NO_WAY
    ask()
    server.until(lambda: ask().state == FAILED)
    for _ in range(100):
        ask()
    assert len(server.asked()) == 1
    server.broken = None
    clock.now += 60
    ask()
    assert ask.settled() == server.keys
    assert len(server.asked()) == 2


def test_names_once_known_survive_a_failure(server: Server, ask: Asker, clock: Clock) -> None:
    before = ask.settled()
    server.broken = NO_WAY
    clock.now += 3600
    ask()
    server.until(lambda: ask().state == FAILED)
    assert ask.texts() == before


def test_a_failed_search_is_left_alone_too(server: Server, ask: Asker) -> None:
    server.keys = many(2000)
    ask.settled()
    server.broken = NO_WAY
    asked = len(server.asked())
    ask("n1999")
    server.until(lambda: ask("n1999").state == FAILED)
    for _ in range(100):
        ask("n1999")
    assert len(server.asked()) == asked + 1


# More than can be held.


def many(count: int) -> list[str]:
    return [f"n{number:04}" for number in range(count)]


@pytest.fixture
def big(server: Server, ask: Asker) -> Asker:
    """There are more names than are held; the first hundreds are."""
    server.keys = many(3000)
    ask.settled()
    assert len(server.asked()) == registry.kinds()["variable"].most // 100
    server.calls.clear()
    return ask


def test_what_is_not_held_is_searched_on_the_server(server: Server, big: Asker) -> None:
    server.gate.clear()
    assert "n2999" not in big.texts("n299")
    server.gate.set()
    server.until(lambda: "n2999" in big.texts("n299"))
    assert set(many(3000)[2990:]) < set(big.settled("n299"))
    assert [call["variable_key_pattern"] for call in server.asked()] == ["n299"]


def test_somebody_who_types_waits_for_no_search(server: Server, big: Asker) -> None:
    held = big().names
    server.gate.clear()
    found = big("n29")
    assert found.names == held
    assert found.state == LOADING
    server.gate.set()
    big.settled("n29")


def test_a_search_does_not_wait_for_the_pages_that_still_come(server: Server, ask: Asker) -> None:
    server.keys = many(3000)
    server.later.clear()
    server.until(lambda: "n2999" in ask.texts("n2999"))
    server.later.set()
    ask.settled("n2999")


@pytest.mark.parametrize("prefix", ["n299", "n2", "nothing"])
def test_a_search_is_not_made_again_and_again(server: Server, big: Asker, prefix: str) -> None:
    """Each time names arrive the open menu asks again: that must come to rest."""
    big.settled(prefix)
    for _ in range(50):
        assert big(prefix).state == READY
    assert len(server.asked()) == 1


def test_a_search_that_brought_all_serves_longer_words(server: Server, big: Asker) -> None:
    big.settled("n299")
    for longer in ("n2990", "n2991", "n299999"):
        big.settled(longer)
    assert len(server.asked()) == 1


def test_a_search_that_was_cut_is_narrowed(server: Server, big: Asker) -> None:
    big.settled("n2")
    server.until(lambda: "n2999" in big.settled("n2999"))
    assert [call["variable_key_pattern"] for call in server.asked()] == ["n2", "n2999"]


def test_without_a_word_nothing_is_searched(server: Server, big: Asker) -> None:
    big.settled("")
    assert server.asked() == []


def test_where_all_are_held_nothing_is_searched(server: Server, ask: Asker) -> None:
    ask.settled()
    for prefix in ("k", "k01", "zzz"):
        assert ask(prefix).state == READY
    assert len(server.asked()) == 1


def test_a_name_found_twice_is_there_once(server: Server, big: Asker) -> None:
    texts = big.settled("n0001")
    assert len(texts) == len(set(texts))
