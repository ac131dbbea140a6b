"""A login in the browser of this machine: authorization code with PKCE, over a loopback address."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlencode

from airflowctl.api.auth import oidc
from airflowctl.api.auth.loopback import Loopback
from airflowctl.api.auth.oidc import Issuer
from airflowctl.api.auth.oidc_provider import OidcProvider
from airflowctl.api.auth.provider import Login
from airflowctl.core.credential import Credential
from airflowctl.core.errors import NotLoggedIn

LIMIT = 300.0  # seconds for the person in the browser


class Pkce(OidcProvider):
    """Single sign-on, where the issuer may have a public client for this."""

    name = "oidc-pkce"
    summary = "OpenID Connect, with the browser of this machine (--issuer, --client-id)"

    def log_in(self, login: Login) -> Credential:
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        with Issuer(login) as issuer, Loopback(state, issuer.url) as loopback:
            asked = self.asked(issuer) | {
                "response_type": "code",
                "client_id": issuer.client_id,
                "redirect_uri": loopback.url,
                "state": state,
                "code_challenge": _challenge(verifier),
                "code_challenge_method": "S256",
                "prompt": "consent",  # without it some issuers leave out the refresh token
            }
            page = issuer.endpoint("authorization_endpoint")
            _show(login, f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}")
            found = loopback.wait(LIMIT)
            if found and issuer.names_itself and "iss" not in found:
                raise NotLoggedIn(
                    f"the answer in the browser does not name {issuer.url}, though that says it always does",
                    "run auth login again, and ask who runs the issuer if it stays so",
                )
            form = {
                "grant_type": "authorization_code",
                "code": _code(found),
                "redirect_uri": loopback.url,
                "code_verifier": verifier,
            }
            return oidc.credential(login, issuer, issuer.post("token_endpoint", form), self.name)


def _show(login: Login, url: str) -> None:
    if login.person.open(url):
        login.person.note("Log in in your browser. If none opens, go to:")
    else:
        login.person.note("Open this page in a browser on this machine:")
    login.person.note(url)


def _code(found: dict[str, str]) -> str:
    if not found:
        raise NotLoggedIn("nobody logged in in the browser in time", "without one here: --method oidc-device")
    if "code" not in found:
        said = ": ".join(found[name] for name in ("error", "error_description") if name in found)
        raise NotLoggedIn(f"the login was refused in the browser: {said or 'no reason was given'}")
    return found["code"]


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
