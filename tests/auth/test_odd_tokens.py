"""What a token and an issuer say of themselves may be of any type: it is then as if they had not said it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from airflowctl.api.auth.oidc import read_seconds
from airflowctl.api.auth.token import claims, expiry_time, issue_time, problem, subject
from airflowctl.core.credential import read_credential
from tests.support.documented_server import answer
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

_ODD: tuple[Any, ...] = (None, 7, -1, 10**30, 10**400, 1.5, True, [], ["a"], {}, {"a": 1}, "", "x" * 9999)


def made_token(payload: str) -> str:
    """A JWT with this text as its claims, without padding as they are sent."""
    return f"aGVhZA.{base64.urlsafe_b64encode(payload.encode()).decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize("odd", _ODD, ids=lambda odd: repr(odd)[:20])
@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "sub", "name", "preferred_username", "access_token"])
def test_a_claim_of_any_type(claim: str, odd: object) -> None:
    token = made_token(json.dumps({claim: odd}))
    assert claims(token) == {claim: odd}
    assert isinstance(subject(token), str)
    assert isinstance(problem(token, 0.0), str)
    for time in (expiry_time(token), issue_time(token)):
        assert time is None or 0 < time < 1e11


@pytest.mark.parametrize(
    "payload",
    ["", "null", "[]", "7", '"a"', "NaN", '{"exp": NaN}', '{"exp": 1e999}', "[" * 50_000, "{", "\ud7ff"],
)
def test_claims_that_are_none(payload: str) -> None:
    token = made_token(payload)
    assert subject(token) == ""
    assert expiry_time(token) is None
    assert problem(token, 0.0) == ""


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0.0), (60, 60.0), (1.5, 1.5), (-1, None), (10**400, None), (float("nan"), None), (True, None),
        (float("inf"), None), ("60", None), (None, None), ([60], None),
    ],
)  # fmt: skip
def test_a_span_of_time_that_an_issuer_names(value: object, seconds: float | None) -> None:
    assert read_seconds(value) == seconds


@pytest.mark.parametrize("text", ["[" * 100_000, '{"token": ' + "[" * 100_000, "NaN", '{"token": NaN}', ""])
def test_a_kept_text_that_is_no_login(text: str) -> None:
    assert read_credential(text, "keyring") is None


_TOKENS = (
    "NaN", "7", "null", '["a"]', "{}", '""', '"a b"', '"a\\r\\nb"', '"\\ud800"', f'"{"x" * 200_000}"',
    json.dumps(made_token("[" * 20_000)),
)  # fmt: skip


@pytest.mark.parametrize("token", _TOKENS, ids=lambda text: text[:20])
@pytest.mark.parametrize("line", ["auth token -u ann --password-stdin", "auth login -u ann --password-stdin"])
def test_a_login_that_is_answered_with_an_odd_token(
    program: Program, stub: Stub, line: str, token: str
) -> None:
    def odd(request: Request) -> Reply:
        if request.path.endswith("/token/cli"):
            return reply(f'{{"access_token": {token}}}', 201)
        return answer(request)

    stub.answer = odd
    words = line.split()
    done = program(*words[:2], "--url", stub.url, *words[2:], stdin="pw\n")
    assert "unexpected" not in done.err + done.out
    # A token with odd claims may be good; a login that is not kept, for want of a keyring, is exit code 4.
    assert done.code in ((0, 4) if "W1tb" in token else (1, 4)), done.err


@pytest.mark.parametrize("body", ["[]", "null", "NaN", "<html>", "", "{", '{"access_token"'])
@pytest.mark.parametrize("status", [200, 201, 204, 302, 403, 404, 405, 422, 500, 503])
def test_a_login_that_is_answered_oddly(program: Program, stub: Stub, status: int, body: str) -> None:
    def odd(request: Request) -> Reply:
        if request.path.endswith("/token/cli"):
            return reply("" if status == 204 else body, status, Location="https://sso.example.org/login")
        return answer(request)

    stub.answer = odd
    quick = program.with_environ(AIRFLOWCTL_RETRY_FOR="0")
    done = quick("auth", "token", "--url", stub.url, "-u", "ann", "--password-stdin", stdin="pw\n")
    assert (done.out, "unexpected" in done.err) == ("", False)
    assert done.code == (4 if status == 403 else 3 if status == 503 else 1), done.err
