"""Astronomer: its token from a variable or from its own program's file, and its deployments by its API."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from airflowctl.api.answer_reader import parse
from airflowctl.api.auth.cloud_host import require_host
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.api.deadline import SILENCE
from airflowctl.api.gate import Gate
from airflowctl.api.transport import connect
from airflowctl.api.transport_errors import transport_error
from airflowctl.core.credential import Credential, clean
from airflowctl.core.environment import Network
from airflowctl.core.errors import ConfigError, NotAllowed, NotLoggedIn, ServerRefused
from airflowctl.core.url import fill

API = "https://api.astronomer.io"
TOKEN_VARIABLE = "ASTRO_API_TOKEN"
_DOMAINS = ("astronomer.run",)
_LONGEST = 200_000  # bytes of the program's file
_AT_ONCE = 100  # deployments of a page, the most that are sent
_LOG_IN = f"set {TOKEN_VARIABLE}, or run: astro login"


class Astronomer(Provider):
    """The token is read at each start, and no copy of it is kept: it opens every deployment of its
    owner."""

    name = "astronomer"
    summary = f"Astronomer, by {TOKEN_VARIABLE} or after `astro login`"
    is_kept = False

    def log_in(self, login: Login) -> Credential:
        require_host(login.environment, _DOMAINS, "Astronomer")
        return login.credential(find_token(login.environ), self.name)

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        fresh = self.log_in(login)
        return fresh if fresh.token != credential.token else None

    def log_out(self, credential: Credential, login: Login) -> bool:
        return False


def find_token(environ: Mapping[str, str]) -> str:
    """Return the token in the variable, else that of the context in use of Astronomer's own program. Raises
    CliError."""
    if TOKEN_VARIABLE in environ:
        return clean(environ[TOKEN_VARIABLE], TOKEN_VARIABLE)
    token = _token_of_program(os.path.join(environ.get("HOME", ""), ".astro", "config.yaml"))
    if not token:
        raise NotLoggedIn("there is no token of Astronomer", _LOG_IN)
    return token


def _token_of_program(path: str) -> str:
    from airflowctl.core.secret_files import read_secret

    if not os.path.isabs(path) or not os.path.exists(path):
        return ""
    import yaml

    try:
        document = yaml.safe_load(read_secret(path, _LONGEST))
    except (yaml.YAMLError, RecursionError):
        raise ConfigError(f"{path} is damaged: it is no YAML", _LOG_IN) from None
    document = document if isinstance(document, dict) else {}
    contexts, name = document.get("contexts"), document.get("context")
    # The program writes the name of a context with _ in place of each dot.
    context = contexts.get(str(name).replace(".", "_")) if isinstance(contexts, dict) else None
    token = context.get("token") if isinstance(context, dict) else None
    return clean(token.removeprefix("Bearer "), path) if isinstance(token, str) and token else ""


def airflow_url(deployment: Mapping[str, Any]) -> str | None:
    """Return the base address of a deployment's Airflow; None where it has none yet."""
    for field in ("webServerAirflowApiUrl", "webServerUrl"):
        text = deployment.get(field)
        if isinstance(text, str) and text:
            # The API writes `host/path/api/v2` without a scheme; the web page's address may have a query.
            bare = text.removeprefix("https://").partition("?")[0].rstrip("/")
            return f"https://{bare.removesuffix('/api/v2').removesuffix('/api/v1')}"
    return None


def deployments(url: str, token: str, organization: str | None) -> Iterator[dict[str, Any]]:
    """Yield the deployments of an organisation, or of all that the token may see. Raises CliError."""
    with _ServiceApi(url, token) as api:
        for organization_id in [organization] if organization else api.organizations():
            for row in api.deployments(organization_id):
                yield {
                    "name": row.get("name"),
                    "url": airflow_url(row),
                    "status": row.get("status"),
                    "airflow_version": row.get("airflowVersion"),
                    "workspace": row.get("workspaceName"),
                    "organization": organization_id,
                    "id": row.get("id"),
                }


class _ServiceApi:
    """Astronomer's own API at `url`. Close it."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._http = connect(Gate(self.url, Network()), Network())

    def __enter__(self) -> _ServiceApi:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def organizations(self) -> list[str]:
        """Return the ids of the organisations. Raises CliError."""
        rows = self._rows("/platform/v1beta1/organizations", "organizations")
        return [str(row["id"]) for row in rows if row.get("id")]

    def deployments(self, organization: str) -> Iterator[dict[str, Any]]:
        """Yield the deployments of an organisation. Raises CliError."""
        path = fill("/platform/v1beta1/organizations/{id}/deployments", {"id": organization})
        yield from self._rows(path, "deployments")

    def _rows(self, path: str, items: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            answer = self._get(path, {"limit": _AT_ONCE, "offset": offset})
            rows = answer.get(items)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise ServerRefused(f"{self.url} answered {path} without {items}")
            yield from rows
            offset += len(rows)
            total = answer.get("totalCount")
            if not rows or not isinstance(total, int) or offset >= total:
                return

    def _get(self, path: str, query: Mapping[str, int]) -> dict[str, Any]:
        try:
            response = self._http.get(
                self.url + path, params=dict(query), headers={"Authorization": f"Bearer {self._token}"}
            )
        except httpx.HTTPError as error:
            raise transport_error(error, "GET", path, self.url, SILENCE) from None
        if response.status_code == 401:
            raise NotLoggedIn(f"{self.url} does not accept the token", _LOG_IN, status=401)
        if response.status_code == 403:
            raise NotAllowed(f"the token may not read {path} of {self.url}", status=403)
        body = parse(response.content) if response.is_success else None
        if not isinstance(body, dict):
            raise ServerRefused(f"{self.url} answered {path} with {response.status_code}")
        return body
