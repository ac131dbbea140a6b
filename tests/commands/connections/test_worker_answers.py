"""`connections test --on-worker` against a server whose worker is slow, fails or is not there."""

from __future__ import annotations

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

TICKET = "a-canary-ticket"


class Worker:
    """Queues a test, and answers with these states, one at each look; the last one stays."""

    def __init__(self, *states: str, password: str | None = None) -> None:
        self.states = list(states)
        self.password = password

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply({"version": "3.3.2"})
        if request.method == "POST":
            return reply({"token": TICKET, "state": "queued"}, 201)
        if "airflow-connection-test-token" in request.headers:
            state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
            return reply({"token": TICKET, "state": state, "result_message": f"it is {state}"})
        return reply({"connection_id": "db", "conn_type": "postgres", "host": "h", "password": self.password})


LINE = ("connections", "test", "db", "--on-worker")


@pytest.mark.parametrize(
    ("states", "code", "out"),
    [
        (("success",), 0, "db works: it is success\n"),
        (("queued", "running", "success"), 0, "db works: it is success\n"),
        (("failed",), 1, "db does not work: it is failed\n"),
        (("running", "failed"), 1, "db does not work: it is failed\n"),
    ],
)
def test_what_the_worker_found_is_printed(
    online: Program, stub: Stub, states: tuple[str, ...], code: int, out: str
) -> None:
    stub.answer = Worker(*states)
    done = online(*LINE)
    assert (done.out, done.code) == (out, code), done
    looks = [
        request.headers["airflow-connection-test-token"]
        for request in stub.requests
        if "airflow-connection-test-token" in request.headers
    ]
    assert looks == [TICKET] * len(states)


@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_worker_that_does_not_come_is_not_waited_for(online: Program, stub: Stub, state: str) -> None:
    stub.answer = Worker(state)
    done = online(*LINE, "--timeout", "0.1")
    assert (done.out, done.code) == ("", 3)
    assert f"no worker has tested it after 0.1 s: it is {state}" in done.err


@pytest.mark.parametrize("options", [(), ("--debug",), ("-o", "json")])
def test_the_ticket_of_a_test_is_shown_nowhere(online: Program, stub: Stub, options: tuple[str, ...]) -> None:
    stub.answer = Worker("success")
    done = online(*LINE, *options)
    assert done.code == 0
    assert TICKET not in done.out + done.err


def test_a_password_that_the_server_keeps_to_itself_must_be_given(online: Program, stub: Stub) -> None:
    stub.answer = Worker("success", password="***")
    done = online(*LINE)
    assert (done.out, done.code) == ("", 2)
    assert "give it with --password-stdin" in done.err
    assert not any(request.method == "POST" for request in stub.requests)
    assert online(*LINE, "--password-stdin", stdin="hunter22\n").code == 0
    sent = next(request.json for request in stub.requests if request.method == "POST")
    assert "hunter22" in str(sent)


@pytest.mark.parametrize("option", [("--executor", "x"), ("--queue", "q"), ("--password-stdin",)])
def test_what_is_for_a_worker_goes_with_it(online: Program, stub: Stub, option: tuple[str, ...]) -> None:
    done = online("connections", "test", "db", *option)
    assert (done.out, done.code) == ("", 2)
    assert "go with --on-worker" in done.err
    assert stub.requests == []
