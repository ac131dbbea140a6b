"""A real OpenID Connect issuer, at the paths of a Keycloak realm, that a test tells what to be."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, Self, TypedDict, Unpack

import httpx

from tests.support.servers import node

SCOPE = "openid offline_access airflow"
REALM = "airflow"


class Settings(TypedDict, total=False):
    """What an issuer can be told, also while it runs."""

    audience: list[str]
    access_token_seconds: int
    refresh_token_seconds: int
    device_code_seconds: int
    device_interval: int | None  # seconds to wait between two questions; None: not said, which means 5
    nbf: bool  # whether access tokens have it; Airflow refuses those without
    claims: dict[str, dict[str, object]]  # more of them in the access tokens of a subject; "*": of each


DEFAULTS: Settings = {
    # The first is what Airflow itself expects, the second the client that its Keycloak auth manager is.
    "audience": ["apache-airflow", "airflow"],
    "access_token_seconds": 300,
    "refresh_token_seconds": 3600,
    "device_code_seconds": 60,
    "device_interval": 1,
    "nbf": True,
    "claims": {"*": {"role": "admin"}, "viewer": {"role": "viewer"}},
}


class Grant(NamedTuple):
    """A request to the token endpoint; `error` is None where it was granted."""

    client: str | None
    grant_type: str | None
    error: str | None


class OidcServer:
    """The issuer, from `with` on. Anybody may log in with any password, but `password` wants the right one.

    `public_client` is a native one: code with PKCE, device flow, refresh tokens that rotate.
    `service_client` has a secret: client credentials. `airflow_client` is Airflow's Keycloak auth manager.
    """

    public_client = "airflowctl-cli"
    service_client = "airflowctl-service"
    airflow_client = "airflow"

    def __init__(self, *, users: tuple[str, ...] = ("admin", "viewer"), **settings: Unpack[Settings]) -> None:
        self.settings: Settings = {**DEFAULTS, **settings}
        self.service_secret = secrets.token_urlsafe(24)
        self.airflow_secret = secrets.token_urlsafe(24)
        self.issuer = ""
        self._passwords = {user: secrets.token_urlsafe(12) for user in users}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the server
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """What a Keycloak's `server_url` would be."""
        return self.issuer.removesuffix(f"/realms/{REALM}")

    def password(self, username: str) -> str:
        """What the password grant of the Keycloak auth manager takes."""
        return self._passwords[username]

    def metadata(self) -> dict[str, Any]:
        """Its discovery document."""
        answer = httpx.get(f"{self.issuer}/.well-known/openid-configuration", trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def keys(self) -> list[dict[str, str]]:
        """The public keys it signs with, as JWKs."""
        answer = httpx.get(self.metadata()["jwks_uri"], trust_env=False)
        found: list[dict[str, str]] = answer.raise_for_status().json()["keys"]
        return found

    @property
    def grants(self) -> list[Grant]:
        """What its token endpoint was asked, the oldest first."""
        return [Grant(**row) for row in self._tell({})["grants"]]

    @contextmanager
    def changed(self, **settings: Unpack[Settings]) -> Iterator[None]:
        """Other settings for a while, for what is asked and issued from now on."""
        before = self.settings
        self.settings = {**before, **settings}
        self._tell(self.settings)
        try:
            yield
        finally:
            self.settings = before
            self._tell(before)

    def __enter__(self) -> Self:
        program, folder = node.program(), node.installed()
        self._process = subprocess.Popen(
            [program, "oidc_server.mjs"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        named = ("public_client", "service_client", "service_secret", "airflow_client", "airflow_secret")
        clients = {name: getattr(self, name) for name in named}
        self.issuer = self._tell({**self.settings, **clients, "passwords": self._passwords})["issuer"]
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.communicate(timeout=20)  # which closes its stdin, and that ends it
        self._log.close()

    def _tell(self, what: Mapping[str, object]) -> Any:
        assert self._process, "it is not started"
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the OpenID Connect server ended: {self._last_words()}"
        return json.loads(line)

    def _last_words(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-2000:]
