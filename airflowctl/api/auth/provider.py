"""The interface of a login method, also of plug-ins in the entry point group `airflowctl.auth`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple, Protocol

import httpx

from airflowctl.api.auth.confirm import PATH
from airflowctl.api.auth.token import expiry_time, issue_time, subject
from airflowctl.api.client import Client
from airflowctl.api.gate import Gate
from airflowctl.api.server_errors import not_airflow
from airflowctl.api.transport import connect
from airflowctl.core.credential import Credential, may_be_sent, moment
from airflowctl.core.environment import Environment
from airflowctl.core.errors import CliError, SessionEnded, UsageError


class Prompter(Protocol):
    """The user who logs in; `can_ask` is False where no user is at a terminal."""

    @property
    def can_ask(self) -> bool: ...
    def ask(self, question: str) -> str: ...
    def ask_secret(self, question: str) -> str: ...
    def note(self, text: str) -> None: ...
    def open(self, url: str) -> bool:
        """Open a page in the browser; return whether that could be tried. Raises UsageError for what is
        neither https nor http of this machine."""


class Login(NamedTuple):
    """What a provider works with.

    `client` sends no token. `environment` has the user name and the provider's settings,
    `secrets` the secrets that were given with this login (`password`, `client_secret`, `token`), `environ`
    the environment variables.
    """

    client: Client
    environment: Environment
    prompter: Prompter
    secrets: Mapping[str, str]
    environ: Mapping[str, str]

    def connect(self, url: str) -> httpx.Client:
        """Return connections to the origin of this URL and to no other: with the exceptions of Airflow for
        its own origin, those of the issuer for the issuer's, else with none (decision 0014)."""
        network = self.environment.network_for(url)
        return connect(Gate.of_origin(url, network), network)

    def credential(
        self,
        token: str,
        method: str,
        *,
        username: str = "",
        lifetime: float | None = None,
        renewal: Mapping[str, str] | None = None,
    ) -> Credential:
        """Return the credential for a token that was just made; `lifetime` in seconds, where the token
        says none."""
        token, now = token.strip(), time.time()
        if not may_be_sent(token):
            raise not_airflow(self.client.base_url, "answered the login without a token that can be used")
        end = expiry_time(token)
        if end is None and lifetime is not None:
            end = moment(now + lifetime)
        return Credential(
            token,
            self.environment.url,
            username or subject(token) or self.environment.username,
            issue_time(token) or now,
            end,
            now,
            method,
            dict(renewal or {}),
        )

    def secret(self, name: str, question: str, option: str) -> str:
        """Return a secret that came with this login, else prompt for it; raises UsageError without a
        terminal."""
        if name in self.secrets:
            return self.secrets[name]
        if not self.prompter.can_ask:
            raise UsageError(
                f"no {question[0].lower()}{question[1:]}, and no terminal to ask at", f"give {option}"
            )
        return self.prompter.ask_secret(f"{question}: ")


class Provider:
    """A way to log in. `managers` are the auth managers of Airflow that it is offered for; `needs` are the
    settings it cannot do without. `is_kept`: whether the login is to be kept between runs."""

    name: str
    summary: str
    managers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    is_kept = True

    def log_in(self, login: Login) -> Credential:
        """Return a new credential; may prompt. Raises CliError."""
        raise NotImplementedError

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        """Return another credential in its place, without a prompt; None when that cannot be."""
        from airflowctl.api.auth.sliding import renew_token

        return renew_token(credential, login.client)

    def log_out(self, credential: Credential, login: Login) -> bool:
        """Revoke a credential where that is possible; return whether the server no longer takes it."""
        return _revoke(credential, login)


def _revoke(credential: Credential, login: Login) -> bool:
    """Revoke a token of Airflow's own; return whether the server refuses it from then on."""
    if not credential.token:
        return False
    # Airflow 3.3.2 revokes a bearer token, 3.2.0 only a cookie, older ones nothing at all, and all of them
    # answer alike, with a redirect: so both are sent, and the token is tried afterwards.
    cookie = {"Cookie": f"_token={credential.token}"}
    with suppress(CliError):
        login.client.exchange("GET", "/api/v2/auth/logout", headers=cookie, token=credential.token)
    try:
        login.client.send("GET", PATH, token=credential.token)
    except SessionEnded:
        return True
    except CliError:
        return False
    return False
