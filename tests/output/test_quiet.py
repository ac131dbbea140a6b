"""`--quiet`: no notes and no progress; what warns and what fails is still printed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply


def fail_once() -> Callable[[Request], Reply]:
    left = [1]

    def answer(request: Request) -> Reply:
        if request.method == "GET" and left[0]:
            left[0] -= 1
            return reply({"detail": "busy"}, 503)
        return lets_in(request)

    return answer


@pytest.mark.parametrize("option", [(), ("-q",), ("--quiet",)])
def test_notes_are_left_out(option: tuple[str, ...], online: Program, stub: Stub) -> None:
    stub.answer = fail_once()
    done = online.with_environ(AIRFLOWCTL_RETRY_FOR="20")("pools", "get", "p", "-o", "name", *option)
    assert (done.out, done.code) == ("p\n", 0)
    assert ("still trying" in done.err) is not bool(option)
    assert not option or done.err == ""


def test_errors_and_warnings_stay(online: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"detail": "no"}, 404)
    done = online("-q", "pools", "get", "p")
    assert (done.err.startswith("error: "), done.code) == (True, 1)
    warned = online("-q", "pools", "list", "--api-token", "x.y.z")
    assert warned.err.startswith("warning: ")


def test_a_command_keeps_its_own_letter(online: Program, stub: Stub) -> None:
    """`-q` is the queues of `workers list`; elsewhere it is --quiet, and `-n` is --limit."""
    stub.answer = lambda request: reply({"dags": [], "total_entries": 0})
    assert online("dags", "list", "-n", "3", "-q").code == 0
    assert stub.requests[-1].query["limit"] == ["3"]
    assert online("workers", "list", "-q").code == 2


def test_the_version_in_a_letter(program: Program) -> None:
    assert program("-V") == program("--version")
    assert program("-V").out.startswith("airflowctl ")
