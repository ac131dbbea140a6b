"""Lines of several rows at the prompt of a real terminal: a backslash at the end, and here-documents."""

from __future__ import annotations

from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.stub import Stub, reply
from tests.support.waiting import until


def test_a_backslash_and_a_here_document_continue_the_line(online: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"key": "k", "value": "v", "variables": [], "total_entries": 0})
    with Screen(online) as screen:
        screen.prompt()
        screen.type("variables get \\\r")
        screen.type("abc\r")
        until(lambda: any(path.endswith("/variables/abc") for path in sent(stub)), "the request")
        screen.prompt()
        for row in ("variables set k <<END", "two", "lines 'as they are'", "END"):
            screen.type(f"{row}\r")
        until(lambda: any(request.method == "PATCH" for request in stub.requests), "the change")
        screen.prompt()
        screen.type("exit\r")
        assert screen.end() == 0
    change = next(request for request in stub.requests if request.method == "PATCH")
    assert change.json["value"] == "two\nlines 'as they are'"


def sent(stub: Stub) -> list[str]:
    return [request.path for request in stub.requests]
