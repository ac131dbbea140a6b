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

LIMIT = 300.0  # seconds for the user in the browser


class Pkce(OidcProvider):
    """Single sign-on, where the issuer has a public client for this."""

    name = "oidc-pkce"
    summary = "OpenID Connect, with the browser of this machine (--issuer, --client-id)"

    def log_in(self, login: Login) -> Credential:
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        with Issuer(login) as issuer, Loopback(state) as loopback:
            query = self.requested_tokens(issuer) | {
                "response_type": "code",
                "client_id": issuer.client_id,
                "redirect_uri": loopback.url,
                "state": state,
                "code_challenge": _challenge(verifier),
                "code_challenge_method": "S256",
                "prompt": "consent",  # without it some issuers leave out the refresh token
            }
            page = issuer.endpoint("authorization_endpoint")
            _show(login, f"{page}{'&' if '?' in page else '?'}{urlencode(query)}")
            answer = loopback.wait(LIMIT)
            # Without its name the answer may be of another issuer that was mixed in (RFC 9207).
            if answer and issuer.names_itself and "iss" not in answer:
                raise NotLoggedIn(
                    f"the answer in the browser does not name {issuer.url}, though that says it always does",
                    "run auth login again, and ask who runs the issuer if it stays so",
                )
            if answer.get("iss", issuer.name) != issuer.name:
                raise NotLoggedIn(
                    f"the answer in the browser is of another issuer than {issuer.name}: it was not used",
                    "run auth login again, and ask who runs the issuer if it stays so",
                )
            form = {
                "grant_type": "authorization_code",
                "code": _code(answer),
                "redirect_uri": loopback.url,
                "code_verifier": verifier,
            }
            return oidc.credential(login, issuer, issuer.post("token_endpoint", form), self.name)


def _show(login: Login, url: str) -> None:
    if login.prompter.open(url):
        login.prompter.note("Log in in your browser. If none opens, go to:")
    else:
        login.prompter.note("Open this page in a browser on this machine:")
    login.prompter.note(url)


def _code(answer: dict[str, str]) -> str:
    if not answer:
        raise NotLoggedIn("no login in the browser in time", "without one here: --method oidc-device")
    if "code" not in answer:
        reason = ": ".join(answer[name] for name in ("error", "error_description") if name in answer)
        raise NotLoggedIn(f"the login was refused in the browser: {reason or 'no reason was given'}")
    return answer["code"]


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
