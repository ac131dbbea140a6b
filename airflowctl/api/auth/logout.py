"""Revoking a token of Airflow's own."""

from __future__ import annotations

import httpx

from airflowctl.api.auth.confirm import PATH
from airflowctl.api.auth.provider import Login
from airflowctl.core.credential import Credential
from airflowctl.core.errors import CliError, SessionEnded


def revoked(credential: Credential, login: Login) -> bool:
    """Ask for it, and look whether it was done: Airflow 3.3.2 revokes a bearer token, 3.2.0 only a cookie,
    older ones nothing at all, and all of them answer alike."""
    if not credential.token:
        return False
    headers = {"Authorization": f"Bearer {credential.token}", "Cookie": f"_token={credential.token}"}
    url = login.environment.url
    try:
        with login.connect(url) as connection:
            connection.get(f"{url}/api/v2/auth/logout", headers=headers)
        login.client.send("GET", PATH, token=credential.token)
    except SessionEnded:
        return True
    except (CliError, httpx.HTTPError):
        return False
    return False
