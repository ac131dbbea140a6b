"""Revoking a token of Airflow's own."""

from __future__ import annotations

from contextlib import suppress

from airflowctl.api.auth.confirm import PATH
from airflowctl.api.auth.provider import Login
from airflowctl.core.credential import Credential
from airflowctl.core.errors import CliError, SessionEnded


def revoked(credential: Credential, login: Login) -> bool:
    """Ask for it, and look whether it was done: Airflow 3.3.2 revokes a bearer token, 3.2.0 only a cookie,
    older ones nothing at all, and all of them answer alike: with a redirect."""
    if not credential.token:
        return False
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
