"""The servers with other ways in do what real ones do: asked with plain httpx, past the program."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.servers.browser import Browser, environ
from tests.support.servers.oidc import SCOPE, OidcServer
from tests.support.stub import Stub
from tests.support.waiting import until

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXPIRED = (401, "Token Expired")
INVALID = (403, "Invalid JWT token")
FORBIDDEN = (403, "Forbidden")

Tokens = dict[str, Any]


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture
def callback() -> Iterator[Stub]:
    """Where a browser is sent to with the code: a free port of this machine."""
    with Stub() as stub:
        yield stub


def asked(answer: httpx.Response) -> tuple[int, str]:
    """The status of an answer of Airflow, and why."""
    return answer.status_code, "" if answer.is_success else answer.json()["detail"]


def get(http: httpx.Client, airflow: LocalAirflow, what: str, token: str | None = None) -> tuple[int, str]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return asked(http.get(f"{airflow.url}/api/v2/{what}", headers=headers))


def login(
    http: httpx.Client,
    airflow: LocalAirflow,
    username: str,
    password: str = "",
    at: str = "/auth/token/cli",
) -> str:
    body = {"username": username, "password": password or airflow.password(username)}
    answer = http.post(airflow.url + at, json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["access_token"])


def grant(http: httpx.Client, oidc: OidcServer, grant_type: str, **fields: str) -> httpx.Response:
    """What the token endpoint says to the public client."""
    form = {"grant_type": grant_type, "client_id": oidc.public_client, **fields}
    return http.post(oidc.metadata()["token_endpoint"], data=form)


def granted(answer: httpx.Response) -> Tokens:
    assert answer.status_code == 200, answer.text
    tokens: Tokens = answer.json()
    return tokens


def of_the_service(http: httpx.Client, oidc: OidcServer, secret: str = "") -> httpx.Response:
    return http.post(
        oidc.metadata()["token_endpoint"],
        data={"grant_type": "client_credentials", "scope": "airflow"},
        auth=(oidc.service_client, secret or oidc.service_secret),
    )


class Pkce:
    """A login with a code, up to the moment when a browser has come back with it."""

    def __init__(self, oidc: OidcServer, callback: Stub) -> None:
        self.verifier = secrets.token_urlsafe(48)
        self.redirect_uri = f"{callback.url}/callback"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=")
        self.query = {
            "response_type": "code",
            "client_id": oidc.public_client,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPE,
            "state": "some-state",
            "prompt": "consent",
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        self._endpoint = oidc.metadata()["authorization_endpoint"]
        self._callback = callback

    @property
    def address(self) -> str:
        return f"{self._endpoint}?{urlencode(self.query)}"

    def returned(self) -> dict[str, str]:
        """What the browser brought."""
        assert self._callback.sent[-1] == "GET /callback"
        return {name: values[0] for name, values in self._callback.requests[-1].query.items()}


def with_browser(http: httpx.Client, oidc: OidcServer, browser: Browser, callback: Stub) -> Tokens:
    pkce = Pkce(oidc, callback)
    browser(pkce.address)
    found = pkce.returned()
    assert found["state"] == "some-state"
    assert found["iss"] == oidc.issuer
    answer = grant(
        http,
        oidc,
        "authorization_code",
        code=found["code"],
        redirect_uri=pkce.redirect_uri,
        code_verifier=pkce.verifier,
    )
    return granted(answer)


# The issuer alone


def test_a_browser_brings_a_code(
    http: httpx.Client, oidc: OidcServer, browser: Browser, callback: Stub
) -> None:
    tokens = with_browser(http, oidc, browser, callback)
    assert {"access_token", "refresh_token", "id_token"} <= tokens.keys()
    assert tokens["expires_in"] == 300


def test_a_code_is_no_good_without_its_verifier(
    http: httpx.Client, oidc: OidcServer, browser: Browser, callback: Stub
) -> None:
    pkce = Pkce(oidc, callback)
    browser(pkce.address)
    fields = {"code": pkce.returned()["code"], "redirect_uri": pkce.redirect_uri, "code_verifier": "x" * 43}
    assert grant(http, oidc, "authorization_code", **fields).json()["error"] == "invalid_grant"


def test_no_code_without_a_challenge(oidc: OidcServer, browser: Browser, callback: Stub) -> None:
    pkce = Pkce(oidc, callback)
    del pkce.query["code_challenge"], pkce.query["code_challenge_method"]
    browser(pkce.address)
    assert pkce.returned()["error"] == "invalid_request"


def test_no_code_for_somebody_else(oidc: OidcServer, browser: Browser, callback: Stub) -> None:
    pkce = Pkce(oidc, callback)
    pkce.query["redirect_uri"] = "https://example.com/callback"
    assert browser(pkce.address).status_code == 400
    assert callback.sent == []


def test_a_person_may_refuse(oidc: OidcServer, callback: Stub) -> None:
    pkce = Pkce(oidc, callback)
    with Browser(deny=True) as browser:
        browser(pkce.address)
    assert pkce.returned()["error"] == "access_denied"


def test_a_program_opens_this_browser(oidc: OidcServer, callback: Stub) -> None:
    pkce = Pkce(oidc, callback)
    variables = {"PATH": os.environ["PATH"], **environ("viewer")}
    subprocess.run([sys.executable, "-m", "webbrowser", pkce.address], env=variables, check=True)
    assert "code" in pkce.returned()


def test_a_device_waits_for_a_person(http: httpx.Client, oidc: OidcServer, browser: Browser) -> None:
    device = granted(
        http.post(
            oidc.metadata()["device_authorization_endpoint"],
            data={"client_id": oidc.public_client, "scope": SCOPE},
        )
    )
    assert device["interval"] == 1
    waiting = grant(http, oidc, DEVICE, device_code=device["device_code"])
    assert waiting.json()["error"] == "authorization_pending"
    browser(device["verification_uri"], device["user_code"])
    assert "refresh_token" in granted(grant(http, oidc, DEVICE, device_code=device["device_code"]))


def test_a_device_that_a_person_refuses(http: httpx.Client, oidc: OidcServer) -> None:
    endpoint = oidc.metadata()["device_authorization_endpoint"]
    with oidc.changed(device_interval=None):
        device = granted(http.post(endpoint, data={"client_id": oidc.public_client}))
    assert "interval" not in device
    with Browser(deny=True) as browser:
        browser(device["verification_uri"], device["user_code"])
    refused = grant(http, oidc, DEVICE, device_code=device["device_code"])
    assert refused.json()["error"] == "access_denied"


def test_a_refresh_token_is_good_once(
    http: httpx.Client, oidc: OidcServer, browser: Browser, callback: Stub
) -> None:
    first = with_browser(http, oidc, browser, callback)["refresh_token"]
    second = granted(grant(http, oidc, "refresh_token", refresh_token=first))["refresh_token"]
    assert second != first
    assert grant(http, oidc, "refresh_token", refresh_token=first).json()["error"] == "invalid_grant"
    # And with it all that came from the same login.
    assert grant(http, oidc, "refresh_token", refresh_token=second).json()["error"] == "invalid_grant"
    asked_for = [grant.error for grant in oidc.grants if grant.grant_type == "refresh_token"]
    assert asked_for[-3:] == [None, "invalid_grant", "invalid_grant"]


def test_a_refresh_token_is_revoked(
    http: httpx.Client, oidc: OidcServer, browser: Browser, callback: Stub
) -> None:
    token = with_browser(http, oidc, browser, callback)["refresh_token"]
    form = {"client_id": oidc.public_client, "token": token}
    assert http.post(oidc.metadata()["revocation_endpoint"], data=form).status_code == 200
    assert grant(http, oidc, "refresh_token", refresh_token=token).json()["error"] == "invalid_grant"


def test_a_service_has_a_secret(http: httpx.Client, oidc: OidcServer) -> None:
    with oidc.changed(access_token_seconds=3):
        assert granted(of_the_service(http, oidc))["expires_in"] == 3
    assert granted(of_the_service(http, oidc))["expires_in"] == 300
    refused = of_the_service(http, oidc, "wrong")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


# Airflow with the simple auth manager


def test_a_token_of_three_seconds(http: httpx.Client, short_tokens_airflow: LocalAirflow) -> None:
    def fresh() -> str:
        token = login(http, short_tokens_airflow, "admin")
        return token if get(http, short_tokens_airflow, "dags", token) == (200, "") else ""

    token = until(fresh, "a token that is used in time")
    assert until(lambda: refused(http, short_tokens_airflow, token), "an expired token") == EXPIRED


def refused(http: httpx.Client, airflow: LocalAirflow, token: str) -> tuple[int, str] | None:
    found = get(http, airflow, "dags", token)
    return None if found[0] == 200 else found


@pytest.mark.parametrize(
    ("username", "wanted"),
    [("admin", (200, "")), ("op", (200, "")), ("user", FORBIDDEN), ("viewer", FORBIDDEN)],
)
def test_who_may_see_variables(
    username: str, wanted: tuple[int, str], http: httpx.Client, short_tokens_airflow: LocalAirflow
) -> None:
    token = login(http, short_tokens_airflow, username, at="/auth/token")
    assert get(http, short_tokens_airflow, "variables", token) == wanted


def test_everybody_is_an_administrator(http: httpx.Client, all_admins_airflow: LocalAirflow) -> None:
    assert get(http, all_admins_airflow, "variables") == (200, "")
    assert get(http, all_admins_airflow, "variables", "a-stale-token") == INVALID


# Airflow with other auth managers


def manager(http: httpx.Client, airflow: LocalAirflow) -> str:
    return str(http.get(f"{airflow.url}/auth/openapi.json").json()["info"]["title"])


def test_fab_logs_in_with_a_password(http: httpx.Client, fab_airflow: LocalAirflow) -> None:
    assert manager(http, fab_airflow) == "FAB auth manager API"
    assert get(http, fab_airflow, "variables", login(http, fab_airflow, "admin")) == (200, "")
    viewer = login(http, fab_airflow, "viewer")
    assert get(http, fab_airflow, "dags", viewer) == (200, "")
    assert get(http, fab_airflow, "variables", viewer) == FORBIDDEN
    wrong = {"username": "admin", "password": "wrong"}
    assert asked(http.post(f"{fab_airflow.url}/auth/token/cli", json=wrong)) == (401, "Invalid credentials")


def test_fab_logs_in_with_a_browser(http: httpx.Client, fab_airflow: LocalAirflow) -> None:
    with Browser("viewer", fab_airflow.password("viewer")) as browser:
        browser(f"{fab_airflow.url}/auth/login/")
        assert get(http, fab_airflow, "dags", browser.client.cookies["_token"]) == (200, "")


def test_airflow_takes_the_tokens_of_an_issuer_and_its_own(
    http: httpx.Client, oidc: OidcServer, oidc_airflow: LocalAirflow, callback: Stub
) -> None:
    assert get(http, oidc_airflow, "variables", login(http, oidc_airflow, "admin")) == (200, "")
    service = granted(of_the_service(http, oidc))
    assert get(http, oidc_airflow, "variables", service["access_token"]) == (200, "")
    with Browser("viewer") as browser:
        viewer = with_browser(http, oidc, browser, callback)
    assert get(http, oidc_airflow, "dags", viewer["access_token"]) == (200, "")
    assert get(http, oidc_airflow, "variables", viewer["access_token"]) == FORBIDDEN
    assert get(http, oidc_airflow, "dags", viewer["id_token"]) == INVALID


def test_airflow_refuses_tokens_of_an_issuer(
    http: httpx.Client, oidc: OidcServer, oidc_airflow: LocalAirflow
) -> None:
    with oidc.changed(nbf=False):
        timeless = granted(of_the_service(http, oidc))["access_token"]
    assert get(http, oidc_airflow, "dags", timeless) == INVALID
    with oidc.changed(access_token_seconds=1):
        short = granted(of_the_service(http, oidc))["access_token"]
    assert until(lambda: refused(http, oidc_airflow, short), "an expired token") == EXPIRED


def test_keycloak_logs_in_with_a_password(
    http: httpx.Client, oidc: OidcServer, keycloak_airflow: LocalAirflow
) -> None:
    assert manager(http, keycloak_airflow) == "Keycloak auth manager sub application"
    admin = login(http, keycloak_airflow, "admin", oidc.password("admin"))
    assert get(http, keycloak_airflow, "variables", admin) == (200, "")
    viewer = login(http, keycloak_airflow, "viewer", oidc.password("viewer"))
    assert get(http, keycloak_airflow, "dags", viewer) == (200, "")
    wrong = {"username": "admin", "password": "wrong"}
    answer = http.post(f"{keycloak_airflow.url}/auth/token/cli", json=wrong)
    assert asked(answer) == (403, "Invalid credentials")


def exchanged(http: httpx.Client, airflow: LocalAirflow, **body: str) -> httpx.Response:
    return http.post(f"{airflow.url}/auth/token", json=body)


def test_keycloak_takes_client_credentials(
    http: httpx.Client, oidc: OidcServer, keycloak_airflow: LocalAirflow
) -> None:
    body = {"grant_type": "client_credentials", "client_id": oidc.airflow_client}
    answer = exchanged(http, keycloak_airflow, **body, client_secret=oidc.airflow_secret)
    assert answer.status_code == 201, answer.text
    assert get(http, keycloak_airflow, "dags", answer.json()["access_token"]) == (200, "")
    wrong = exchanged(http, keycloak_airflow, **body, client_secret="wrong")
    assert asked(wrong) == (403, "Client credentials authentication failed")


def test_keycloak_exchanges_a_token_of_the_issuer(
    http: httpx.Client, oidc: OidcServer, keycloak_airflow: LocalAirflow, browser: Browser, callback: Stub
) -> None:
    assertion = with_browser(http, oidc, browser, callback)["access_token"]
    assert get(http, keycloak_airflow, "dags", assertion) == INVALID
    answer = exchanged(http, keycloak_airflow, grant_type=JWT_BEARER, assertion=assertion)
    assert answer.status_code == 201, answer.text
    assert get(http, keycloak_airflow, "variables", answer.json()["access_token"]) == (200, "")
    wrong = exchanged(http, keycloak_airflow, grant_type=JWT_BEARER, assertion="a.b.c")
    assert asked(wrong) == (403, "Invalid Keycloak assertion")


def test_keycloak_forbids_when_the_token_within_has_expired(
    http: httpx.Client, oidc: OidcServer, keycloak_airflow: LocalAirflow
) -> None:
    with oidc.changed(access_token_seconds=2):
        token = login(http, keycloak_airflow, "admin", oidc.password("admin"))
    assert until(lambda: refused(http, keycloak_airflow, token), "a token expired within") == FORBIDDEN
