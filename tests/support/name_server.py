"""A server of names for the tests of what is known, and somebody who asks for them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from types import SimpleNamespace

import httpx
import pytest

from airflowctl.api.client import Client
from airflowctl.api.operations import table
from airflowctl.core.command import Command
from airflowctl.session import name_cache as module
from airflowctl.session import registry
from airflowctl.session.name_cache import NameCache
from completers.protocols import READY, Known

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
        self.known = NameCache(lambda: server.client, server.rung)
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
