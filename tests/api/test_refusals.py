"""What a real server's 401 and 403 mean: ended, revoked, too early, not allowed, or switched off."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from airflowctl.api.client import Client
from airflowctl.api.identity import Anonymous
from airflowctl.core.errors import CliError, NotAllowed, NotLoggedIn, SessionEnded
from tests.commands.auth.test_login import signed
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.servers.oidc import OidcServer
from tests.support.waiting import until

# What is said of one must not be said of another.
SAYS = {
    "expired": "has expired",
    "revoked": "it was revoked, is of another server, or its user is gone",
    "early": "a clock is wrong",
    "may not": " may not ",
    "a setting": "a setting of the server forbids it",
    "nobody": "not logged in to",
}


def is_only(done: Done, meaning: str) -> bool:
    """Whether it is refused for that, and for nothing else."""
    said = [name for name, words in SAYS.items() if words in done.err]
    assert (done.out, done.code, said) == ("", 4, [meaning]), done
    return True


def refused_in_time(program: Program) -> Done:
    """What is said when the token ends."""

    def refused() -> list[Done]:
        done = program("pools", "list")
        return [done] if done.code else []

    return until(refused, "an end of the token")[0]


def token_of(airflow: LocalAirflow, username: str, password: str = "") -> str:
    body = {"username": username, "password": password or airflow.password(username)}
    answer = httpx.post(f"{airflow.url}/auth/token/cli", json=body, trust_env=False, timeout=60)
    return str(answer.json()["access_token"])


def with_token(program: Program, airflow: LocalAirflow, token: str) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=airflow.url, AIRFLOW_CLI_TOKEN=token)


def forged(airflow: LocalAirflow, *, secret: str = "", **claims: Any) -> str:
    """A token as this server makes them, with other claims, or signed as another server does."""
    secret = secret or json.loads((airflow.home / "secrets.json").read_text())["api_auth.jwt_secret"]
    now = int(time.time())
    usual = {"sub": "admin", "role": "admin", "teams": [], "jti": "x", "aud": "apache-airflow"}
    return signed({**usual, "iat": now, "nbf": now, "exp": now + 600, **claims}, secret)


# The token.


def test_a_forged_token_is_as_good_as_any(program: Program, airflow: LocalAirflow) -> None:
    """So that what follows is refused for what it says."""
    assert with_token(program, airflow, forged(airflow))("pools", "list").code == 0


def test_a_token_that_has_expired(program: Program, short_tokens_airflow: LocalAirflow) -> None:
    own = with_token(program, short_tokens_airflow, token_of(short_tokens_airflow, "admin"))
    done = refused_in_time(own)
    assert is_only(done, "expired")
    assert "export AIRFLOW_CLI_TOKEN=$(airflowctl auth token" in done.err
    assert is_only(own("dags", "pause", "demo_etl"), "expired")


def test_a_token_that_was_revoked(program: Program, airflow: LocalAirflow) -> None:
    token = token_of(airflow, "admin")
    headers = {"Authorization": f"Bearer {token}"}
    httpx.get(f"{airflow.url}/api/v2/auth/logout", headers=headers, trust_env=False)
    assert is_only(with_token(program, airflow, token)("pools", "list"), "revoked")


def test_a_token_of_another_server(program: Program, airflow: LocalAirflow) -> None:
    foreign = forged(airflow, secret="of another server" * 4)
    assert is_only(with_token(program, airflow, foreign)("pools", "list"), "revoked")


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_that_is_too_early(program: Program, airflow: LocalAirflow, claim: str) -> None:
    """Of a server whose clock goes before this one's; Airflow calls it invalid."""
    ahead = int(time.time()) + 300
    claims = {"nbf": ahead, "iat": ahead} if claim == "iat" else {"nbf": ahead}
    done = with_token(program, airflow, forged(airflow, exp=ahead + 600, **claims))("pools", "list")
    assert is_only(done, "early")
    assert re.search(r"valid only in (29|30)\d s", done.err)


def test_a_claim_that_is_wrong_is_no_matter_of_clocks(program: Program, airflow: LocalAirflow) -> None:
    assert is_only(with_token(program, airflow, forged(airflow, aud="other"))("pools", "list"), "revoked")


def test_no_token(program: Program, airflow: LocalAirflow) -> None:
    done = program("pools", "list", "--url", airflow.url)
    assert is_only(done, "nobody")
    assert f"airflowctl auth login --url {airflow.url}" in done.err


def test_a_token_where_everybody_may_in(program: Program, all_admins_airflow: LocalAirflow) -> None:
    """Which that server refuses, though it would let nobody at all in."""
    done = with_token(program, all_admins_airflow, "an.old.one")("pools", "list")
    assert is_only(done, "revoked")
    assert program("pools", "list", "--url", all_admins_airflow.url).code == 0


# The person.


@pytest.mark.parametrize(
    ("username", "line", "what"),
    [
        ("viewer", "variables list", "GET /api/v2/variables"),
        ("viewer", "dags pause demo_etl", "PATCH /api/v2/dags/demo_etl"),
        ("viewer", "dags trigger demo_etl", "POST /api/v2/dags/demo_etl/dagRuns"),
        ("viewer", "variables delete x", "DELETE /api/v2/variables/x"),
        ("viewer", "variables set x y", "/api/v2/variables"),
        ("user", "connections list", "GET /api/v2/connections"),
        ("user", "variables get x", "GET /api/v2/variables/x"),
    ],
)
def test_a_role_that_may_not(
    program: Program, airflow: LocalAirflow, username: str, line: str, what: str
) -> None:
    own = with_token(program, airflow, token_of(airflow, username))
    done = own(*line.split())
    assert is_only(done, "may not")
    assert f"{username} may not" in done.err
    assert what in done.err
    assert airflow.url in done.err
    assert "log in again" not in done.err
    found = json.loads(own(*line.split(), "-o", "json").err)["error"]
    assert (found["code"], found["status"]) == ("not_allowed", 403)


def test_a_role_on_fab(program: Program, fab_airflow: LocalAirflow) -> None:
    """Whose tokens hold a number: the name is asked for."""
    own = with_token(program, fab_airflow, token_of(fab_airflow, "viewer"))
    done = own("variables", "list")
    assert is_only(done, "may not")
    assert "viewer may not GET /api/v2/variables" in done.err


# The server.

OFF: dict[str, tuple[str, dict[str, Any], str]] = {
    "config": ("get_config", {}, "chose not to expose the configuration"),
    "connection test": (
        "test_connection",
        {"body": {"connection_id": "x", "conn_type": "http"}},
        "Testing connections is disabled",
    ),
}


class Admin(Anonymous):
    """The administrator, to the client alone: no command asks for these yet."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def who(self) -> str:
        return "admin"


@pytest.mark.parametrize(("operation", "facts", "said"), OFF.values(), ids=OFF)
def test_what_is_switched_off(
    airflow: LocalAirflow, token: str, operation: str, facts: dict[str, Any], said: str
) -> None:
    with pytest.raises(NotAllowed) as caught:
        Client(airflow.url, Admin(token)).call(operation, **facts)
    assert said in caught.value.message
    assert "a setting of the server forbids it" in caught.value.hint
    assert "asked as admin" in caught.value.hint
    assert not isinstance(caught.value, SessionEnded)


def test_what_is_switched_off_is_no_reason_to_renew(airflow: LocalAirflow, token: str) -> None:
    class Renewing(Admin):
        renewals = 0

        def renew(self, refused: str) -> str:
            self.renewals += 1
            return ""

    somebody = Renewing(token)
    with pytest.raises(NotAllowed):
        Client(airflow.url, somebody).call("get_config")
    assert somebody.renewals == 0
    with pytest.raises(SessionEnded):
        Client(airflow.url, revoked := Renewing("not.the.one")).call("get_pools")
    assert revoked.renewals == 1


# The one inside.


def test_the_token_within_one_of_keycloaks_has_expired(
    program: Program, keycloak_airflow: LocalAirflow, oidc: OidcServer
) -> None:
    """Which the server calls forbidden, though it is another token that is wanted."""
    with oidc.changed(access_token_seconds=2):
        token = token_of(keycloak_airflow, "admin", oidc.password("admin"))
    own = with_token(program, keycloak_airflow, token)
    done = refused_in_time(own)
    assert is_only(done, "expired")
    status = own("auth", "status", "-o", "json")
    assert status.code == 4
    assert "expired" in status.json["status"]


def test_a_wrong_password_of_keycloak(program: Program, keycloak_airflow: LocalAirflow, kept: Kept) -> None:
    wrong_password(program, keycloak_airflow)


def test_a_wrong_password_of_fab(program: Program, fab_airflow: LocalAirflow, kept: Kept) -> None:
    wrong_password(program, fab_airflow)


def wrong_password(program: Program, airflow: LocalAirflow) -> None:
    """Which is none of these."""
    line = ("auth", "login", "--url", airflow.url, "-u", "admin", "--password-stdin")
    done = program(*line, stdin="wrong-password\n")
    assert (done.out, done.code) == ("", 4)
    assert "does not accept this user name and password" in done.err
    assert not [words for words in SAYS.values() if words in done.err]


def test_all_of_them_are_errors_of_their_own() -> None:
    assert not issubclass(NotAllowed, NotLoggedIn)
    assert issubclass(SessionEnded, NotLoggedIn)
    assert issubclass(NotAllowed, CliError)
