"""An OpenID Connect issuer: its endpoints, its tokens, and how they become a login to Airflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from airflowctl.api.auth.confirm import username
from airflowctl.api.auth.password import token_for
from airflowctl.api.auth.provider import Login
from airflowctl.api.auth.token import subject
from airflowctl.api.faults import broken
from airflowctl.api.transport import TIMEOUT
from airflowctl.core.credential import Credential
from airflowctl.core.environment import check_transport
from airflowctl.core.errors import NotLoggedIn, ServerRefused, UsageError

ISSUER, CLIENT_ID, SCOPE, AUDIENCE, EXCHANGE = "issuer", "client_id", "scope", "audience", "exchange"
KEYCLOAK_EXCHANGE = "keycloak"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class OAuthError(NotLoggedIn):
    """The issuer said no; `error` is its word for why."""

    def __init__(self, message: str, error: str = "", status: int = 0) -> None:
        super().__init__(message, status=status)
        self.error = error


class Issuer:
    """One issuer, as one client of it. `asked` is what is to be in its tokens. Close it."""

    def __init__(self, login: Login, url: str = "", client_id: str = "") -> None:
        environment = login.environment
        self.url = (url or environment.setting(ISSUER)).rstrip("/")
        self.client_id = client_id or environment.setting(CLIENT_ID)
        asked = {SCOPE: environment.setting(SCOPE), AUDIENCE: environment.setting(AUDIENCE)}
        self.asked = {name: value for name, value in asked.items() if value}
        self._network = environment.network
        check_transport(self.url, self._network)
        self._http = login.connect(self.url)
        self._found: dict[str, Any] = {}

    def __enter__(self) -> Issuer:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def endpoint(self, name: str) -> str:
        """Its address of that name; raises UsageError when the issuer has none, or it is not encrypted."""
        found = self._discovered().get(name)
        if not isinstance(found, str):
            raise UsageError(f"{self.url} has no {name}", "choose another --method")
        check_transport(found, self._network)
        return found

    def post(self, endpoint: str, form: Mapping[str, str], secret: str = "") -> dict[str, Any]:
        """Send a form to an endpoint as this client; its JSON. Raises OAuthError."""
        url = self.endpoint(endpoint)
        data, auth = {"client_id": self.client_id, **form}, None
        if secret and self._wants_secret_in_form():
            data["client_secret"] = secret
        elif secret:
            auth = httpx.BasicAuth(quote(self.client_id), quote(secret))
        response = self._exchange(self._http.build_request("POST", url, data=data), auth)
        answer = self._json(response)
        if response.is_success:
            return answer
        error, words = str(answer.get("error", "")), str(answer.get("error_description", ""))
        said = ": ".join(part for part in (error, words) if part) or f"it answered {response.status_code}"
        raise OAuthError(f"{self.url} refused: {said}", error, response.status_code)

    def _wants_secret_in_form(self) -> bool:
        """Whether the issuer says that it looks for a client's secret there, and not in a header."""
        ways = self._discovered().get("token_endpoint_auth_methods_supported")
        return isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways

    def _discovered(self) -> dict[str, Any]:
        if not self._found:
            path = f"{self.url}/.well-known/openid-configuration"
            response = self._exchange(self._http.build_request("GET", path))
            found = self._json(response)
            if not response.is_success or found.get("issuer") != self.url:
                raise ServerRefused(
                    f"{self.url} is not an OpenID Connect issuer",
                    "give --issuer as it stands in its own .well-known/openid-configuration",
                )
            self._found = found
        return self._found

    def _exchange(self, request: httpx.Request, auth: httpx.Auth | None = None) -> httpx.Response:
        try:
            return self._http.send(request, auth=auth)
        except httpx.HTTPError as error:
            raise broken(error, request.method, request.url.path, self.url, TIMEOUT) from None

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        try:
            found = response.json()
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ServerRefused(f"{self.url} answered {response.status_code} and no JSON", "check --issuer")
        return found


def credential(login: Login, issuer: Issuer, answer: Mapping[str, Any], method: str) -> Credential:
    """A login to Airflow from an issuer's tokens: the access token itself, or what Keycloak's auth manager
    gives for it. Checked with Airflow. Raises CliError."""
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise ServerRefused(f"{issuer.url} answered without an access token", "check --scope")
    lifetime = answer.get("expires_in")
    seconds = float(lifetime) if isinstance(lifetime, int | float) else None
    renewal = {ISSUER: issuer.url, CLIENT_ID: issuer.client_id}
    refresh = answer.get("refresh_token")
    if isinstance(refresh, str) and refresh:
        renewal["refresh_token"] = refresh
    name = subject(token)
    if login.environment.setting(EXCHANGE) == KEYCLOAK_EXCHANGE:
        body = {"grant_type": _JWT_BEARER, "assertion": token}
        token = token_for(login.client, "/auth/token", body, f"this token of {issuer.url}")
        seconds = None
    made = login.credential(token, method, username=name, lifetime=seconds, renewal=renewal)
    return made._replace(username=username(login.client, made.token) or made.username)


def renewed(held: Credential, login: Login, method: str) -> Credential | None:
    """By the refresh token, which goes to the issuer that gave it and to nobody else; None without one, or
    when the issuer no longer takes it."""
    refresh, url = held.renewal.get("refresh_token", ""), held.renewal.get(ISSUER, "")
    if not refresh or not url:
        return None
    with Issuer(login, url, held.renewal.get(CLIENT_ID, "")) as issuer:
        try:
            answer = issuer.post("token_endpoint", {"grant_type": "refresh_token", "refresh_token": refresh})
        except OAuthError as error:
            if error.status in (400, 401, 403):
                return None
            raise
        made = credential(login, issuer, answer, method)
    # An issuer that does not change its refresh tokens sends none.
    return made._replace(since=held.since, renewal={**held.renewal, **made.renewal})


def revoked(held: Credential, login: Login) -> None:
    """Take the refresh token back, where the issuer has a place for that. Raises CliError."""
    refresh, url = held.renewal.get("refresh_token", ""), held.renewal.get(ISSUER, "")
    if refresh and url:
        with Issuer(login, url, held.renewal.get(CLIENT_ID, "")) as issuer:
            issuer.post("revocation_endpoint", {"token": refresh, "token_type_hint": "refresh_token"})
