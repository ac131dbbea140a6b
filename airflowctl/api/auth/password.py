"""A token for a user name and a password: simple auth, FAB and Keycloak alike."""

from __future__ import annotations

from pydantic import ValidationError

from airflowctl.api.client import Client
from airflowctl.api.models import TokenAnswer
from airflowctl.api.refusals import not_airflow
from airflowctl.core.errors import CliError, Invalid, NotFound, NotLoggedIn, UsageError


def log_in(client: Client, username: str, password: str) -> str:
    """`POST {base}/auth/token/cli`, always JSON: form bodies differ by auth manager. Raises CliError."""
    if not username or not password:
        raise UsageError(f"the {'password' if username else 'user name'} is empty")
    try:
        answer = client.send("POST", "/auth/token/cli", body={"username": username, "password": password})
    except CliError as error:
        if error.status == 422:  # its text may hold the password
            raise Invalid(f"{client.base_url} does not take a login of this form", status=422) from None
        if error.status in (401, 403):
            raise NotLoggedIn(
                f"{client.base_url} does not accept this user name and password", status=error.status
            ) from None
        if error.status == 405 or isinstance(error, NotFound):
            raise not_airflow(client.base_url, "has no login for command lines") from None
        raise
    try:
        return TokenAnswer.model_validate(answer).access_token
    except ValidationError:
        raise not_airflow(client.base_url, "answered the login without a token") from None
