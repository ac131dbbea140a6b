"""A new token for one that is still good, without a password: Airflow 3.2 and later, simple and FAB."""

from __future__ import annotations

import time

from airflowctl.api.auth.confirm import is_taken
from airflowctl.api.auth.token import claims, expires_at, issued_at
from airflowctl.api.client import Client
from airflowctl.core.credential import Credential, may_be_sent
from airflowctl.core.errors import CliError, Unreachable

_LEEWAY = 60.0  # seconds: the server's own, and a clock that is a little wrong
PATH = "/ui/auth/token"  # a private path: it may be missing


def renewed(credential: Credential, client: Client) -> Credential | None:
    """None where the server has no such thing, or no longer takes the token. Raises Unreachable."""
    if "access_token" in claims(credential.token):
        return None  # Keycloak's: what would come is a token without the one inside, which nothing takes
    if credential.expires_at is not None and credential.expires_at < time.time() - _LEEWAY:
        return None
    try:
        answer = client.send("POST", PATH, body={"token_type": "cli"}, token=credential.token)
    except Unreachable:
        raise
    except CliError:
        return None
    token = str(answer.get("access_token") or "") if isinstance(answer, dict) else ""
    if not may_be_sent(token) or not is_taken(client, token):
        return None
    return credential._replace(token=token, issued_at=issued_at(token), expires_at=expires_at(token))
