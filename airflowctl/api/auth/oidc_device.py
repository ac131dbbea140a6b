"""A login on another device: a code is printed here and typed in there (RFC 8628)."""

from __future__ import annotations

import time
from typing import Any

from airflowctl.api.auth import oidc
from airflowctl.api.auth.oidc import Issuer, OAuthError
from airflowctl.api.auth.oidc_provider import OidcProvider
from airflowctl.api.auth.provider import Login
from airflowctl.core.credential import Credential
from airflowctl.core.errors import NotLoggedIn, ServerRefused, Unreachable, UsageError
from airflowctl.core.url import check_page

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL, _SLOWER = 5.0, 5.0  # seconds between two questions, and what "slow_down" adds
_LONGEST, _LONGEST_INTERVAL = 1800.0, 60.0


class Device(OidcProvider):
    """Needs no browser on this machine, and no terminal but to be read."""

    name = "oidc-device"
    summary = "OpenID Connect, with a browser on any device (--issuer, --client-id)"

    def log_in(self, login: Login) -> Credential:
        with Issuer(login) as issuer:
            started = issuer.post("device_authorization_endpoint", self.requested_tokens(issuer))
            code = started.get("device_code")
            if not isinstance(code, str):
                raise ServerRefused(f"{issuer.url} answered without a device code")
            self._show(login, issuer, started)
            return oidc.credential(login, issuer, _wait(issuer, code, started), self.name)

    def _show(self, login: Login, issuer: Issuer, started: dict[str, Any]) -> None:
        """Print the page and the code. Raises CliError for a page that is none of the web."""
        page, complete = started.get("verification_uri"), started.get("verification_uri_complete")
        # The user opens what is printed, so a `javascript:` or `file:` address is refused here.
        for address in (page, complete) if complete else (page,):
            _check_page(issuer, address)
        login.prompter.note(f"Open {page} on any device and enter {started.get('user_code')}")
        if complete:
            login.prompter.note(f"(or open {complete})")


def _check_page(issuer: Issuer, address: object) -> None:
    try:
        check_page(address if isinstance(address, str) else "")
    except UsageError as error:
        raise ServerRefused(f"{issuer.url} names no page to enter the code on: {error.message}") from None


def _wait(issuer: Issuer, code: str, started: dict[str, Any]) -> dict[str, Any]:
    """Poll until the user has said yes or no in the browser."""
    pause = min(oidc.read_seconds(started.get("interval")) or _INTERVAL, _LONGEST_INTERVAL)
    end = time.monotonic() + min(oidc.read_seconds(started.get("expires_in")) or _LONGEST, _LONGEST)
    while time.monotonic() < end:
        time.sleep(pause)
        try:
            return issuer.post("token_endpoint", {"grant_type": _GRANT, "device_code": code})
        except Unreachable:
            pause += _SLOWER  # the user is busy with the code meanwhile: the issuer may be back by then
        except OAuthError as error:
            if error.error == "slow_down":
                pause += _SLOWER
            elif error.error == "access_denied":
                raise NotLoggedIn("the login was refused in the browser") from None
            elif error.error != "authorization_pending":
                raise
    raise NotLoggedIn("the code was not entered in time", "run auth login again")
