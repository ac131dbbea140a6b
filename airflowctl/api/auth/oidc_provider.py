"""What the ways through an issuer have in common: renewing, and logging out."""

from __future__ import annotations

from contextlib import suppress

from airflowctl.api.auth import oidc
from airflowctl.api.auth.managers import KEYCLOAK
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential
from airflowctl.core.environment import ISSUER
from airflowctl.core.errors import CliError


class OidcProvider(Provider):
    """A login in somebody else's hands."""

    managers = (KEYCLOAK,)
    needs = (ISSUER, oidc.CLIENT_ID)

    def asked(self, issuer: oidc.Issuer) -> dict[str, str]:
        """What a person's login asks for: `offline_access` is the refresh token."""
        return {oidc.SCOPE: "openid offline_access", **issuer.asked}

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        return oidc.renewed(credential, login, self.name)

    def log_out(self, credential: Credential, login: Login) -> bool:
        with suppress(CliError):
            oidc.revoked(credential, login)
        return super().log_out(credential, login)
