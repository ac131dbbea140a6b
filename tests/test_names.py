"""The names that completion knows: never waited for, asked for once, kept, renewed and searched."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import partial
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from airflowctl import names as module
from airflowctl import registry
from airflowctl.api.client import Client
from airflowctl.api.operations import table
from airflowctl.core.command import Command
from airflowctl.core.environment import Environment
from airflowctl.core.options import Options
from airflowctl.core.result import Rows, Text
from airflowctl.names import KnownNames
from airflowctl.output.streams import Streams
from airflowctl.session import SHELL, Session
from airflowctl.shell.source import SessionNames
from completers.match import matches
from completers.protocols import FAILED, LOADING, READY, Known

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")

DEADLINE = 5.0
URL = "http://airflow.example.org"
LISTS = {names.op: names for names in registry.kinds().values() if names.items}


class Server:
    """Stands for Airflow: lists `keys` of whatever kind is asked for, once `gate` is open."""

    def __init__(self, keys: list[str] | None = None) -> None:
        self.keys = keys or []
        self.calls: list[dict[str, str]] = []
        self.broken: httpx.Response | Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.later = threading.Event()  # for pages after the first
        self.later.set()
        self.bell = threading.Condition()
        self._threads = set(threading.enumerate())
        self.client = Client(URL, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v2/version":
            return httpx.Response(200, json={"version": "3.3.2"})
        op, path = _operation(request.url.path)
        query = dict(request.url.params)
        with self.bell:
            self.calls.append({"op": op, **query, **path})
            self.bell.notify_all()
        assert self.gate.wait(DEADLINE)
        assert query.get("offset", "0") == "0" or self.later.wait(DEADLINE)
        if isinstance(self.broken, Exception):
            raise self.broken
        if self.broken is not None:
            return self.broken
        kinds = [names for names in registry.kinds().values() if names.op == op]
        wanted, start = (
            next((query[it.search] for it in kinds if it.search in query), ""),
            int(query.get("offset", 0)),
        )
        fitting = [
            key for key in self.keys if wanted in key and key.startswith(path.get("dag_id", "").strip("~"))
        ]
        page = fitting[start : start + int(query.get("limit", 50))]
        rows = [dict.fromkeys((names.key for names in kinds), key) for key in page]
        found = {kinds[0].items: rows, "total_entries": len(fitting)}
        return httpx.Response(200, json=found)

    def rung(self) -> None:
        with self.bell:
            self.bell.notify_all()

    def asked(self) -> list[dict[str, str]]:
        """All requests, when every one has come that was going to."""
        for thread in set(threading.enumerate()) - self._threads:
            thread.join(DEADLINE)
        return self.calls

    def until(self, fact: Callable[[], object]) -> None:
        """Wait for it, without a look at the clock between."""
        with self.bell:
            assert self.bell.wait_for(fact, DEADLINE), self.calls


def _operation(path: str) -> tuple[str, dict[str, str]]:
    """The listing operation of a path, and the parameters in it."""
    for op in LISTS:
        route = table()[op].path if op in table() else op  # FAB's are told by their paths
        form = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route)
        if found := re.fullmatch(form, path):
            return op, found.groupdict()
    raise AssertionError(f"{path} lists no kind of name")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock))
    return clock


@pytest.fixture
def server() -> Server:
    return Server([f"k{number:03}" for number in range(20)])


class Asker:
    """Asks for the names of one kind, as somebody does who types."""

    def __init__(self, server: Server, kind: str = "variable", **scope: str) -> None:
        self.server = server
        self.known = KnownNames(lambda: server.client, server.rung)
        self.kind = kind
        self.scope = scope

    def __call__(self, prefix: str = "", **scope: str) -> Known:
        return self.known.names(self.kind, scope or self.scope, prefix)

    def texts(self, prefix: str = "", **scope: str) -> list[str]:
        return [choice.text for choice in self(prefix, **scope).names]

    def settled(self, prefix: str = "") -> list[str]:
        """Wait until all has come that was asked for; what is known then."""
        self.server.until(lambda: self(prefix).state == READY)
        return self.texts(prefix)


@pytest.fixture
def ask(server: Server, clock: Clock) -> Asker:
    return Asker(server)


def command(line: str) -> Command:
    words = tuple(line.split())
    return registry.commands(words[0])[words]


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

    asker.known = KnownNames(lambda: server.client, changed)
    assert asker.settled() == server.keys
    assert {len(texts) for texts in shown} >= {100, 200, 250}
    assert [texts for texts in shown if texts != server.keys[: len(texts)]] == []


def test_folded_names_are_ready_for_matching(server: Server, ask: Asker) -> None:
    server.keys = ["Straße", "ETL"]
    ask.settled()
    assert [matches(word, ask().folded, 9) for word in ("strasse", "etl")] == [[0], [1]]


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
    assert ask.known.after(command(line), {"key": "made"}, text) is text
    assert len(server.asked()) == 1
    ask()
    server.until(lambda: "made" in ask.texts())
    assert ask.settled() == server.keys
    assert len(server.asked()) == 2


@pytest.mark.parametrize("line", ["dags pause", "dags trigger", "version", "pools get"])
def test_a_change_of_something_else_does_not(server: Server, ask: Asker, line: str) -> None:
    ask.settled()
    ask.known.after(command(line), {"dag_id": "etl"}, Text("done"))
    ask()
    assert len(server.asked()) == 1


def test_a_change_while_names_come_is_not_lost(server: Server, ask: Asker) -> None:
    server.gate.clear()
    ask()
    server.until(lambda: server.calls)
    ask.known.after(command("variables set"), {"key": "made"}, Text("done"))
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


# Kinds and their scope.


def test_names_of_a_dag_are_its_own(server: Server, clock: Clock) -> None:
    server.keys = ["etl_1", "etl_2", "ml_1"]
    ask = Asker(server, "run")
    ask(dag="etl")
    ask(dag="ml")
    server.until(lambda: len(ask.texts(dag="etl")) > 1 and len(ask.texts(dag="ml")) > 1)
    assert ask.texts(dag="etl") == ["latest", "etl_1", "etl_2"]
    assert ask.texts(dag="ml") == ["latest", "ml_1"]
    assert sorted(call["dag_id"] for call in server.asked()) == ["etl", "ml"]


@pytest.mark.parametrize(
    ("kind", "scope"),
    [("run", {}), ("run", {"dag": ""}), ("task", {"run_id": "r"}), ("nonsense", {}), ("", {})],
)
def test_what_cannot_be_known_is_not_asked_for(
    server: Server, clock: Clock, kind: str, scope: dict[str, str]
) -> None:
    ask = Asker(server, kind)
    assert (ask.known.names(kind, scope, "x"), server.asked()) == (Known(), [])


@pytest.mark.parametrize("kind", sorted(kind for kind, it in registry.kinds().items() if it.read is None))
def test_every_kind_that_a_command_declares_can_be_asked_for(server: Server, clock: Clock, kind: str) -> None:
    scope = dict.fromkeys(registry.kinds()[kind].scope.values(), "k")
    ask = Asker(server, kind, **scope)
    assert set(server.keys) <= set(ask.settled())
    assert server.asked()[0]["op"] == registry.kinds()[kind].op
    path = {**registry.kinds()[kind].query, **dict.fromkeys(registry.kinds()[kind].scope, "k")}
    assert path.items() <= server.asked()[0].items()


def test_newest_runs_come_first(server: Server, clock: Clock) -> None:
    Asker(server, "run", dag="k").settled()
    assert server.asked()[0]["order_by"] == "-run_after"


# Learnt in passing.


def test_what_a_list_showed_is_known(server: Server, ask: Asker) -> None:
    server.gate.clear()
    items = [{"key": "seen", "value": "secret-value"}, {"key": "too", "value": "x"}]
    rows = Rows(iter(items), ("key", "value"), "key")
    shown = ask.known.after(command("variables list"), {}, rows)
    assert isinstance(shown, Rows)
    assert list(shown.items) == items
    found = ask()
    assert [choice.text for choice in found.names] == ["seen", "too"]
    assert "secret-value" not in str(found)
    server.gate.set()


def test_a_list_streams_while_it_is_learnt(ask: Asker) -> None:
    taken: list[int] = []

    def items() -> Any:
        for number in range(3):
            taken.append(number)
            yield {"key": str(number)}

    shown = ask.known.after(command("variables list"), {}, Rows(items(), ("key",), "key"))
    assert isinstance(shown, Rows)
    assert taken == []
    next(iter(shown.items))
    assert taken == [0]


def test_runs_are_learnt_for_their_dag(server: Server, clock: Clock) -> None:
    server.gate.clear()
    ask = Asker(server, "run")
    rows = Rows([{"dag_run_id": "manual_1", "dag_id": "etl"}], ("dag_run_id",), "dag_run_id")
    shown = ask.known.after(command("dagrun list"), {"dag_id": "etl"}, rows)
    assert isinstance(shown, Rows)
    assert len(list(shown.items)) == 1
    assert ask.texts(dag="etl") == ["latest", "manual_1"]
    assert ask.texts(dag="ml") == ["latest"]
    server.gate.set()


def test_runs_of_all_dags_are_nobodys(server: Server, clock: Clock) -> None:
    server.gate.clear()
    ask = Asker(server, "run")
    rows = Rows([{"dag_run_id": "manual_1", "dag_id": "etl"}], ("dag_run_id",), "dag_run_id")
    shown = ask.known.after(command("dagrun list"), {"dag_id": "~"}, rows)
    assert isinstance(shown, Rows)
    assert len(list(shown.items)) == 1
    assert ask.texts(dag="~") == []
    server.gate.set()


def test_what_other_commands_show_is_left_alone(ask: Asker) -> None:
    rows = Rows([{"name": "p"}], ("name",), "name")
    shown = ask.known.after(command("health"), {}, rows)
    assert isinstance(shown, Rows)
    assert list(shown.items) == rows.items


def test_what_a_line_does_not_fix_may_be_what_one_before_it_did(server: Server, clock: Clock) -> None:
    ask = Asker(server, "backfill")
    server.keys = ["etl_1"]
    assert ask() == Known()
    ask.known.after(command("backfill list"), {"dag_id": "etl"}, Text(""))
    server.until(lambda: ask.texts() == ["etl_1"])
    assert {call["dag_id"] for call in server.asked()} == {"etl"}


def test_what_was_used_last_comes_first(server: Server, ask: Asker) -> None:
    ask.settled()
    for key in ("k007", "k003", "unknown"):
        ask.known.after(command("variables get"), {"key": key}, Text(""))
    assert [choice.text for choice in ask().recent] == ["k003", "k007"]
    server.keys.remove("k003")
    ask.known.after(command("variables delete"), {"key": "k003"}, Text(""))
    server.until(lambda: "k003" not in ask.texts())
    assert [choice.text for choice in ask().recent] == ["k007"]


def test_the_newest_may_be_called_so(server: Server, clock: Clock) -> None:
    server.keys = ["etl_2", "etl_1"]
    ask = Asker(server, "try", dag="etl", task="load", run="latest")
    ask.settled()
    assert server.asked()[-1]["dag_run_id"] == "etl_2"


# The names of a session.


@pytest.fixture
def session(tmp_path: Path) -> Session:
    environ = {"AIRFLOWCTL_HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return Session(Streams(StringIO(), StringIO(), StringIO(), environ, 80), Options(), SHELL)


def test_environments_are_names_too(session: Session) -> None:
    for name in ("prod", "dev"):
        session.environments.save(Environment(name, f"http://{name}.example.org"))
    found = SessionNames(session).names("environment", {}, "")
    assert [choice.text for choice in found.names] == ["dev", "prod"]


@pytest.mark.parametrize("scope", [{}, {"--env": "nosuch"}, {"--env": "../x"}])
def test_without_a_server_completion_fails_quietly(session: Session, scope: dict[str, str]) -> None:
    assert SessionNames(session).names("dag", scope, "") == Known(state=FAILED)


def test_no_server_is_asked_for_an_address_that_is_being_typed(session: Session) -> None:
    session.environments.save(Environment("default", "http://known.example.org"))
    assert SessionNames(session).names("dag", {"--url": "http://half.example"}, "") == Known()
    assert session.shared.servers == {}


def test_an_environment_on_the_line_is_the_one_that_is_asked(session: Session) -> None:
    for name in ("prod", "dev"):
        session.environments.save(Environment(name, f"http://{name}.example.org"))
    servers = {name: Server([f"{name}-dag"]) for name in ("prod", "dev")}

    def rung() -> None:
        for server in servers.values():
            server.rung()

    session.shared.names_changed = rung
    for name, server in servers.items():
        session.scoped(Options(env=name)).server._client = server.client
    source = SessionNames(session)
    for name, server in servers.items():
        server.until(partial(lambda name: source.names("dag", {"--env": name}, "").names, name))
        found = source.names("dag", {"--env": name}, "")
        assert [choice.text for choice in found.names] == [f"{name}-dag"]
