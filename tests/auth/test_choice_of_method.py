"""The question for a login method, where a server has several; without an Airflow."""

from __future__ import annotations

import pytest

from tests.support.program import Program
from tests.support.screen import CTRL_C, Screen
from tests.support.stub import Reply, Request, Stub, reply, wants_login


def has_two_methods(request: Request) -> Reply:
    """What a server with the FAB auth manager answers: it takes passwords, and tokens from its web pages."""
    if request.path.endswith("/auth/openapi.json"):
        return reply({"info": {"title": "FAB auth manager API"}})
    return wants_login(request)


@pytest.mark.parametrize(
    ("answer", "prompt"),
    [
        ("", "User name:"), ("1", "User name:"), (" password ", "User name:"),
        ("2", "Token"), ("paste", "Token"),
    ],
)  # fmt: skip
def test_a_method_is_chosen_by_number_or_name(answer: str, prompt: str, program: Program, stub: Stub) -> None:
    stub.answer = has_two_methods
    with Screen(program, "auth", "login", "--url", stub.url) as screen:
        screen.until("1  password: ", "2  paste: ", r"Which one\? \[1\]")
        screen.type(f"{answer}\n")
        screen.until(prompt)
        screen.type(CTRL_C)
        assert screen.end() == 130


@pytest.mark.parametrize("answer", ["0", "3", "-1", "pass", "1 2"])
def test_another_answer_is_refused(answer: str, program: Program, stub: Stub) -> None:
    stub.answer = has_two_methods
    done = program("auth", "login", "--url", stub.url, answers=f"{answer}\n")
    assert (done.out, done.code) == ("", 2)
    assert f"error: '{answer}' is none of them" in done.err
    assert not [request for request in stub.requests if request.method == "POST"]
