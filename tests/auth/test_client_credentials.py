"""A client of Airflow's own, without an issuer: what is sent, and which ways to log in there are."""

from __future__ import annotations

import pytest

from tests.support.keyrings import Kept
from tests.support.program import Program
from tests.support.stub import TOKEN, Reply, Request, Stub, lets_in, reply

SECRET = "a-canary-secret"


def tokens(request: Request) -> Reply:
    """Gives a token to the one client that it knows."""
    if request.path != "/auth/token":
        return lets_in(request)
    known = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": SECRET}
    return reply({"access_token": TOKEN}, 201) if request.json == known else reply({"detail": "no"}, 401)


def log_in(program: Program, stub: Stub, secret: str = SECRET, client: str = "robot") -> list[str]:
    stub.answer = tokens
    line = (
        "auth",
        "login",
        "--url",
        stub.url,
        "--method",
        "client-credentials",
        "--client-id",
        client,
    )
    done = program.with_environ(AIRFLOWCTL_CLIENT_SECRET=secret)(*line)
    return [str(done.code), done.out, done.err]


def test_a_client_of_airflow_logs_in_with_its_id_and_secret(program: Program, stub: Stub, kept: Kept) -> None:
    code, out, err = log_in(program, stub)
    assert (code, err) == ("0", "")
    assert f"logged in to {stub.url} as robot" in out
    assert [request.path for request in stub.requests if request.method == "POST"] == ["/auth/token"]
    assert [TOKEN in text for text in kept.values.values()] == [True]
    assert not any(SECRET in text for text in kept.values.values())


@pytest.mark.parametrize(("client", "secret"), [("robot", "another"), ("other", SECRET)])
def test_a_client_that_is_not_known_is_refused(
    program: Program, stub: Stub, kept: Kept, client: str, secret: str
) -> None:
    code, out, err = log_in(program, stub, client=client, secret=secret)
    assert (code, out) == ("4", "")
    assert "this client id and secret" in err
    assert secret not in err
    assert kept.values == {}


@pytest.mark.parametrize(
    ("method", "hint"),
    [
        ("pasword", "did you mean password?"),
        ("client-credential", "did you mean client-credentials?"),
        ("x", "there are: "),
        ("zzzzzzzz", "there are: "),
    ],
)
def test_a_way_to_log_in_that_there_is_not(program: Program, stub: Stub, method: str, hint: str) -> None:
    done = program("auth", "login", "--url", stub.url, "--method", method)
    assert (done.out, done.code) == ("", 2)
    assert f"'{method}'" in done.err
    assert hint in done.err
    assert ("did you mean" in done.err) == hint.startswith("did")
