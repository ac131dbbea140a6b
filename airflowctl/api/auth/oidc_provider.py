"""The base class of the login methods with an issuer: renewing, and logging out."""

from __future__ import annotations

from contextlib import suppress

from airflowctl.api.auth import oidc
from airflowctl.api.auth.managers import KEYCLOAK
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential
from airflowctl.core.environment import ISSUER
from airflowctl.core.errors import CliError


class OidcProvider(Provider):
    """A login by an issuer, whose refresh token renews it."""

    managers = (KEYCLOAK,)
    needs = (ISSUER, oidc.CLIENT_ID)

    def requested_tokens(self, issuer: oidc.Issuer) -> dict[str, str]:
        """Return what a user's login asks for: `offline_access` is the refresh token."""
        return {oidc.SCOPE: "openid offline_access", **issuer.requested}

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        return oidc.renew_by_refresh_token(credential, login, self.name)

    def log_out(self, credential: Credential, login: Login) -> bool:
        with suppress(CliError):
            oidc.revoke_refresh_token(credential, login)
        return super().log_out(credential, login)
