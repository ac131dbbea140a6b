"""An OpenID Connect issuer: its endpoints, its tokens, and how they become a login to Airflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from airflowctl.api.answer_reader import parse
from airflowctl.api.auth.confirm import username
from airflowctl.api.auth.password import token_for
from airflowctl.api.auth.provider import Login
from airflowctl.api.auth.token import subject
from airflowctl.api.deadline import SILENCE
from airflowctl.api.gate import Gate
from airflowctl.api.transport import connect
from airflowctl.api.transport_errors import transport_error
from airflowctl.core.credential import Credential
from airflowctl.core.environment import ISSUER, ISSUER_HOSTS, require_encryption
from airflowctl.core.errors import NotLoggedIn, ServerRefused, UsageError
from airflowctl.core.url import Address, is_same_origin, parse_address

CLIENT_ID, SCOPE, AUDIENCE, EXCHANGE = "client_id", "scope", "audience", "exchange"
OPTION = "--issuer-"  # how the options begin that are for the way to an issuer
KEYCLOAK_EXCHANGE = "keycloak"
_NOT_SENT = "nothing was sent to it; ask who runs the issuer"
_BEARER = "bearer"
_LONGEST_SPAN = 1e10  # seconds: three hundred years
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class OAuthError(NotLoggedIn):
    """The issuer refused; `error` is its code for the reason."""

    def __init__(self, message: str, error: str = "", status: int = 0) -> None:
        super().__init__(message, status=status)
        self.error = error


class Issuer:
    """One issuer, as one client of it. `requested` are the scope and audience to ask for. Close it.

    What is secret goes to endpoints at its own scheme, host and port, and to hosts that the user named as its
    own; each server has connections of its own, with the exceptions that are for it.
    """

    def __init__(self, login: Login, url: str = "", client_id: str = "") -> None:
        environment = login.environment
        values = url or environment.setting(ISSUER)
        self.url = values.rstrip("/") + "/" * values.endswith("/")
        self.client_id = client_id or environment.setting(CLIENT_ID)
        requested = {SCOPE: environment.setting(SCOPE), AUDIENCE: environment.setting(AUDIENCE)}
        self.requested = {name: value for name, value in requested.items() if value}
        self._environment = environment
        self._connections: dict[str, tuple[Gate, httpx.Client]] = {}  # by origin
        self._document: dict[str, Any] = {}
        self._option = "--" if is_same_origin(self.url, environment.url) else OPTION
        network, address = environment.network_for(self.url), _parse(self.url)
        require_encryption(address, network, f"{self._option}insecure-http")
        for field, risk in network.risks(self.url):
            login.prompter.note(f"warning: {risk} ({self._option}{field.replace('_', '-')})")

    def __enter__(self) -> Issuer:
        return self

    def __exit__(self, *_: object) -> None:
        for _gate, connection in self._connections.values():
            connection.close()

    def endpoint(self, name: str) -> str:
        """Return the issuer's endpoint of that name. Raises UsageError when it has none, or one that is not
        encrypted or of a server that is not known as its own, ServerRefused for what is no address."""
        url = self._discovery_document().get(name)
        if not isinstance(url, str):
            raise UsageError(f"{self.url} has no {name}", "choose another --method")
        try:
            address = parse_address(url)
        except ValueError as error:
            raise ServerRefused(f"{self.url} names a {name} that is not safe: {error}", _NOT_SENT) from None
        require_encryption(address, self._environment.network_for(url), f"{self._option}insecure-http")
        # An issuer's secrets go to its own endpoints, or to hosts that the user named as its own
        # (docs/explanation/security.md).
        if not is_same_origin(url, self.url) and not self._is_host_of_issuer(address):
            host = address.origin.removeprefix(f"{address.scheme}://")
            raise UsageError(
                f"{self.url} names a {name} of another server, {address.origin}: nothing was sent there",
                f"if that is the issuer's own too: --setting {ISSUER_HOSTS}={host}",
            )
        return url

    def _is_host_of_issuer(self, address: Address) -> bool:
        hosts = self._environment.setting(ISSUER_HOSTS).replace(",", " ").split()
        return is_same_origin(self.url, self._environment.setting(ISSUER)) and any(
            is_same_origin(address.origin, f"{address.scheme}://{host}") for host in hosts
        )

    @property
    def name(self) -> str:
        """Return what the issuer calls itself: its address, for some with a slash at the end."""
        name: str = self._discovery_document()["issuer"]
        return name

    @property
    def names_itself(self) -> bool:
        """Return whether the issuer's answers in the browser carry its name, as it says (RFC 9207)."""
        return self._discovery_document().get("authorization_response_iss_parameter_supported") is True

    def post(self, endpoint: str, form: Mapping[str, str], secret: str = "") -> dict[str, Any]:
        """Send a form to an endpoint as this client; return its JSON. Raises OAuthError."""
        url = self.endpoint(endpoint)
        data, auth = {"client_id": self.client_id, **form}, None
        if secret and self._wants_secret_in_form():
            data["client_secret"] = secret
        elif secret:
            auth = httpx.BasicAuth(quote(self.client_id), quote(secret))
        response = self._exchange("POST", url, data, auth)
        answer = self._json(response)
        if response.is_success:
            return answer
        error, words = str(answer.get("error", "")), str(answer.get("error_description", ""))
        reason = ": ".join(part for part in (error, words) if part) or f"it answered {response.status_code}"
        raise OAuthError(f"{self.url} refused: {reason}", error, response.status_code)

    def _wants_secret_in_form(self) -> bool:
        """Return whether the issuer takes a client's secret in the form only, as it says."""
        ways = self._discovery_document().get("token_endpoint_auth_methods_supported")
        return isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways

    def _discovery_document(self) -> dict[str, Any]:
        if not self._document:
            bare = self.url.rstrip("/")
            response = self._exchange("GET", f"{bare}/.well-known/openid-configuration")
            document = self._json(response)
            # A document of another issuer is refused: its endpoints would get this issuer's secrets.
            if not response.is_success or document.get("issuer") not in (self.url, bare):
                raise ServerRefused(
                    f"{self.url} is not an OpenID Connect issuer",
                    "give --issuer as it stands in its own .well-known/openid-configuration",
                )
            self._document = document
        return self._document

    def _exchange(
        self, method: str, url: str, form: Mapping[str, str] | None = None, auth: httpx.Auth | None = None
    ) -> httpx.Response:
        gate, connection = self._connection(url)
        address = gate.address(url, has_secret=form is not None)
        try:
            return connection.send(connection.build_request(method, address, data=form), auth=auth)
        except httpx.HTTPError as error:
            server = self.url if is_same_origin(url, self.url) else gate.base.origin
            raise transport_error(error, method, address.path, server, SILENCE, self._option) from None

    def _connection(self, url: str) -> tuple[Gate, httpx.Client]:
        network = self._environment.network_for(url)
        gate = Gate.of_origin(url, network)
        origin = gate.base.origin
        if origin not in self._connections:
            self._connections[origin] = (gate, connect(gate, network))
        return self._connections[origin]

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        try:
            answer = parse(response.content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise ServerRefused(f"{self.url} answered {response.status_code} and no JSON", "check --issuer")
        return answer


def _parse(url: str) -> Address:
    try:
        address = parse_address(url)
        if address.query:
            raise ValueError("it holds a '?'")
    except ValueError as error:
        raise UsageError(f"--issuer is not a URL that can be used: {error}") from None
    return address


def read_seconds(value: object) -> float | None:
    """Return a span of time that an issuer names; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LONGEST_SPAN:
        return None
    return float(value)


def credential(login: Login, issuer: Issuer, answer: Mapping[str, Any], method: str) -> Credential:
    """Return a login to Airflow from an issuer's tokens: the access token itself, or what Keycloak's auth
    manager gives for it. Checked with Airflow. Raises CliError."""
    token = answer.get("access_token")
    # An answer for the scope `openid` alone may hold an id token only, which Airflow does not accept.
    if not isinstance(token, str) or not token:
        raise ServerRefused(f"{issuer.url} answered without an access token", "check --scope")
    kind = answer.get("token_type", _BEARER)  # some leave it out
    if not isinstance(kind, str) or kind.casefold() != _BEARER:
        raise ServerRefused(f"{issuer.url} answered with a token that is no bearer token", "check --scope")
    seconds = read_seconds(answer.get("expires_in"))
    renewal = {ISSUER: issuer.url, CLIENT_ID: issuer.client_id}
    refresh = answer.get("refresh_token")
    if isinstance(refresh, str) and refresh:
        renewal["refresh_token"] = refresh
    name = subject(token)
    if login.environment.setting(EXCHANGE) == KEYCLOAK_EXCHANGE:
        body = {"grant_type": _JWT_BEARER, "assertion": token}
        token = token_for(login.client, "/auth/token", body, f"this token of {issuer.url}")
        # What the issuer said of its own token says nothing of the one that Airflow made of it.
        seconds = None
    new_credential = login.credential(token, method, username=name, lifetime=seconds, renewal=renewal)
    return new_credential._replace(
        username=username(login.client, new_credential.token) or new_credential.username
    )


def renew_by_refresh_token(credential_in_use: Credential, login: Login, method: str) -> Credential | None:
    """Renew a login by its refresh token, which goes only to the issuer that gave it; None without one, or
    when the issuer no longer takes it."""
    refresh, url = (
        credential_in_use.renewal.get("refresh_token", ""),
        credential_in_use.renewal.get(ISSUER, ""),
    )
    if not refresh or not url:
        return None
    with Issuer(login, url, credential_in_use.renewal.get(CLIENT_ID, "")) as issuer:
        try:
            answer = issuer.post("token_endpoint", {"grant_type": "refresh_token", "refresh_token": refresh})
        except OAuthError as error:
            # The issuer took the question and said no: the user has to log in again. All else may pass.
            if error.status in (400, 401, 403):
                return None
            raise
        renewal = credential(login, issuer, answer, method)
    # An issuer that does not change its refresh tokens sends none.
    return renewal._replace(
        since=credential_in_use.since, renewal={**credential_in_use.renewal, **renewal.renewal}
    )


def revoke_refresh_token(credential_in_use: Credential, login: Login) -> None:
    """Revoke the refresh token, where the issuer has an endpoint for that. Raises CliError."""
    refresh, url = (
        credential_in_use.renewal.get("refresh_token", ""),
        credential_in_use.renewal.get(ISSUER, ""),
    )
    if refresh and url:
        with Issuer(login, url, credential_in_use.renewal.get(CLIENT_ID, "")) as issuer:
            issuer.post("revocation_endpoint", {"token": refresh, "token_type_hint": "refresh_token"})
