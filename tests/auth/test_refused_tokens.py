"""A token that the server no longer takes, whatever it calls that: renewed, else asked for in the shell."""

from __future__ import annotations

import pytest

from airflowctl.core.errors import NOT_ALLOWED
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until

REFUSALS = {
    "401 expired": reply({"detail": "Token Expired"}, 401),
    "401 invalid": reply({"detail": "Invalid JWT token"}, 401),
    "401 revoked": reply({"detail": "Token has been revoked"}, 401),
    "401 signature": reply({"detail": "Signature verification failed"}, 401),
    "401 not authenticated": reply({"detail": "Not authenticated"}, 401),
    "401 unauthorized": reply({"detail": "Unauthorized"}, 401),
    "401 of another form": reply({"error": "invalid_token"}, 401),
    "401 without words": reply({}, 401),
    "401 of a gateway": reply("Jwt is expired", 401, "text/plain", WWW_Authenticate='Bearer realm="x"'),
    "403 invalid": reply({"detail": "Invalid JWT token"}, 403),
    "403 expired": reply({"detail": "Token has expired"}, 403),
    "403 revoked": reply({"detail": "The token has been revoked"}, 403),
    "403 signature": reply({"detail": "Signature has expired"}, 403),
    "403 not authenticated": reply({"detail": "Not authenticated"}, 403),
}
OTHERS = {
    "a role": reply({"detail": "Forbidden"}, 403),
    "a setting": reply({"detail": "Your Airflow administrator chose not to expose the configuration"}, 403),
    "a proxy": reply("<html>log in</html>", 401, "text/html"),
    "a proxy that asks for a password": reply("no", 401, "text/plain", WWW_Authenticate="Basic"),
}


class Server:
    """Takes the token it gave last; `renews` tells whether it gives another one for one it has refused."""

    def __init__(self, refusal: Reply, renews: bool = False) -> None:
        self.refusal, self.renews = refusal, renews
        self.number = 1

    @property
    def token(self) -> str:
        return f"token{self.number}.of.ann"

    def __call__(self, request: Request) -> Reply:
        if request.path in ("/auth/token/cli", "/ui/auth/token"):
            if request.path == "/ui/auth/token" and not self.renews:
                return reply({"detail": "Not Found"}, 404)
            return reply({"access_token": self.token}, 201)
        if request.path.endswith(("/version", "/health")):
            return reply({"version": "3.3.2", "metadatabase": {"status": "healthy"}})
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return self.refusal
        return reply({"name": "p", "username": "ann", "pools": []})


def log_in(program: Program, stub: Stub) -> None:
    line = ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert program(*line, stdin="hunter22\n").code == 0
    stub.requests.clear()


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_it_is_renewed_and_the_request_sent_again(program: Program, kept: Kept, refusal: Reply) -> None:
    server = Server(refusal, renews=True)
    with Stub(server) as stub:
        log_in(program, stub)
        server.number += 1
        assert program("pools", "get", "p", "-o", "name") == Done("p\n", "", 0)
        assert stub.sent.count("POST /ui/auth/token") == 1
        assert stub.sent.count("GET /api/v2/pools/p") == 2


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_single_command_says_how_to_log_in(program: Program, kept: Kept, refusal: Reply) -> None:
    server = Server(refusal)
    with Stub(server) as stub:
        log_in(program, stub)
        server.number += 1
        done = program("pools", "get", "p")
        assert (done.out, done.code) == ("", NOT_ALLOWED)
        assert f"auth login --url {stub.url}" in done.err
        assert stub.sent.count("GET /api/v2/pools/p") == 1


@pytest.mark.parametrize("refusal", OTHERS.values(), ids=OTHERS)
def test_another_refusal_renews_nothing(program: Program, kept: Kept, refusal: Reply) -> None:
    server = Server(refusal, renews=True)
    with Stub(server) as stub:
        log_in(program, stub)
        server.number += 1
        assert program("pools", "get", "p").code == NOT_ALLOWED
        assert stub.sent.count("GET /api/v2/pools/p") == 1
        assert "POST /ui/auth/token" not in stub.sent


@pytest.mark.parametrize("name", ["401 invalid", "401 of another form", "403 revoked"])
def test_the_shell_asks_in_place(program: Program, name: str) -> None:
    server = Server(REFUSALS[name])
    person = program.with_environ(AIRFLOWCTL_STORE="kernel")
    with Stub(server) as stub:
        log_in(person, stub)
        with Screen(person) as screen:
            screen.until("healthy")
            server.number += 1
            screen.type("pools get p -o name\n")
            screen.until("the login to .* has ended", "Password of ann:")
            screen.type("hunter22\n")
            screen.until("^p$")
            screen.prompt()
            screen.until("healthy")
        person("env", "remove", "default")


def test_the_toolbar_says_that_a_token_is_refused(program: Program) -> None:
    server = Server(REFUSALS["401 invalid"])
    person = program.with_environ(AIRFLOWCTL_STORE="kernel")
    with Stub(server) as stub:
        log_in(person, stub)
        server.number += 1
        with Screen(person) as screen:
            screen.until("login no longer accepted: auth login")
            until(lambda: "healthy" not in screen.text, "an end of that word")
        person("env", "remove", "default")
