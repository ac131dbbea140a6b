"""A login of a program, not a person: a client's id and secret, of an issuer or of Airflow's own client."""

from __future__ import annotations

from airflowctl.api.auth import oidc
from airflowctl.api.auth.managers import KEYCLOAK
from airflowctl.api.auth.oidc import Issuer
from airflowctl.api.auth.password import token_for
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential
from airflowctl.core.environment import ISSUER
from airflowctl.core.errors import UsageError

SECRET_VARIABLE = "AIRFLOWCTL_CLIENT_SECRET"


class ClientCredentials(Provider):
    """A client's id and secret; the secret is not kept, but read from the variable or given at the login."""

    name = "client-credentials"
    summary = f"a client's id and secret, for programs (--client-id, {SECRET_VARIABLE})"
    managers = (KEYCLOAK,)
    needs = (oidc.CLIENT_ID,)

    def log_in(self, login: Login) -> Credential:
        secret = login.environ.get(SECRET_VARIABLE) or login.secret(
            "client_secret", "Client secret", f"--client-secret-stdin, or set {SECRET_VARIABLE}"
        )
        if not secret:
            raise UsageError("the client secret is empty")
        return self._with(secret, login)

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        secret = login.environ.get(SECRET_VARIABLE)
        return self._with(secret, login)._replace(since=credential.since) if secret else None

    def _with(self, secret: str, login: Login) -> Credential:
        if not login.environment.setting(ISSUER):
            return self._with_airflows_own(secret, login)
        with Issuer(login) as issuer:
            form = {"grant_type": "client_credentials", **issuer.requested}
            answer = issuer.post("token_endpoint", form, secret)
            return oidc.credential(login, issuer, answer, self.name)

    def _with_airflows_own(self, secret: str, login: Login) -> Credential:
        client_id = login.environment.setting(oidc.CLIENT_ID)
        body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        token = token_for(login.client, "/auth/token", body, "this client id and secret")
        return login.credential(token, self.name, username=client_id)
