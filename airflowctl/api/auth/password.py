"""A token for a user name and a password: simple auth, FAB and Keycloak alike."""

from __future__ import annotations

from pydantic import ValidationError

from airflowctl.api.auth.managers import FAB, KEYCLOAK, SIMPLE
from airflowctl.api.auth.provider import Login, Provider
from airflowctl.api.client import Client
from airflowctl.api.models import TokenAnswer
from airflowctl.api.server_errors import not_airflow
from airflowctl.core.credential import Credential
from airflowctl.core.errors import CliError, Invalid, NotFound, NotLoggedIn, UsageError


class Password(Provider):
    """User name and password; the password is not kept, and the token is renewed while the server allows."""

    name = "password"
    summary = "user name and password"
    managers = (SIMPLE, FAB, KEYCLOAK)

    def log_in(self, login: Login) -> Credential:
        username = login.environment.username
        password = login.secret("password", f"Password of {username}", "--password-stdin")
        if not password:
            raise UsageError("the password is empty")
        body = {"username": username, "password": password}
        token = token_for(login.client, "/auth/token/cli", body, "this user name and password")
        return login.credential(token, self.name, username=username)


def token_for(client: Client, path: str, body: dict[str, str], credentials: str) -> str:
    """`POST {base}/auth/token...`, always JSON: form bodies differ by auth manager. Raises CliError.

    `credentials` names what was sent, for errors: the server's own may echo it.
    """
    try:
        answer = client.send("POST", path, body=body, token="")
    except CliError as error:
        if error.status == 422:  # its text may hold the secret
            raise Invalid(f"{client.base_url} does not take a login of this form", status=422) from None
        if error.status in (400, 401, 403):
            raise NotLoggedIn(
                f"{client.base_url} does not accept {credentials}", status=error.status
            ) from None
        if error.status == 405 or isinstance(error, NotFound):
            raise not_airflow(client.base_url, "has no login for command lines") from None
        raise
    try:
        return TokenAnswer.model_validate(answer).access_token
    except ValidationError:
        raise not_airflow(client.base_url, "answered the login without a token") from None
