"""A new token for one that is still good, without a password: Airflow 3.2 and later, simple and FAB."""

from __future__ import annotations

import time

from airflowctl.api.auth.confirm import is_accepted
from airflowctl.api.auth.token import claims, expiry_time, issue_time
from airflowctl.api.client import Client
from airflowctl.core.credential import Credential, may_be_sent
from airflowctl.core.errors import CliError, Unreachable

_LEEWAY = 60.0  # seconds: the server's own, and a clock that is a little wrong
PATH = "/ui/auth/token"  # a private path: it may be missing


def renew_token(credential: Credential, client: Client) -> Credential | None:
    """Return a renewed login; None where the server renews none, or refuses the token. Raises Unreachable."""
    if "access_token" in claims(credential.token):
        # Of Keycloak's auth manager: the new token would lack the one inside, and no server takes that.
        return None
    if credential.expires_at is not None and credential.expires_at < time.time() - _LEEWAY:
        return None
    try:
        answer = client.send("POST", PATH, body={"token_type": "cli"}, token=credential.token)
    except Unreachable:
        raise
    except CliError:
        return None
    token = str(answer.get("access_token") or "") if isinstance(answer, dict) else ""
    if not may_be_sent(token) or not is_accepted(client, token):
        return None
    return credential._replace(token=token, issued_at=issue_time(token), expires_at=expiry_time(token))
