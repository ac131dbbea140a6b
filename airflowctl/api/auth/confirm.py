"""Asks the server whether it takes a token, and whose it is."""

from __future__ import annotations

from airflowctl.api.client import Client
from airflowctl.api.server_errors import not_airflow
from airflowctl.core.errors import CliError, NotAirflow, NotAllowed, NotFound

PATH = "/ui/auth/me"  # a private path: it may be missing


def username(client: Client, token: str | None = None) -> str:
    """Return the user's name as the server has it; empty where it cannot say. Raises CliError when it
    refuses, or is no Airflow."""
    try:
        user = client.send("GET", PATH, token=token)
        name = user.get("username") if isinstance(user, dict) else None
        if isinstance(name, str) and name:
            return name
    except (NotFound, NotAirflow):
        pass
    require_login(client, token)
    return ""


def require_login(client: Client, token: str | None = None) -> None:
    """Call an operation that needs a login and costs the server little. Raises CliError when it refuses the
    token, or is no Airflow."""
    try:
        answer = client.send("GET", "/api/v2/pools", query={"limit": 1}, token=token)
    except NotAllowed:
        return  # a user that the server knows, without this role
    if not isinstance(answer.get("pools"), list):
        raise not_airflow(client.base_url, "answered /api/v2/pools without pools")


def is_accepted(client: Client, token: str) -> bool:
    """Return whether the server takes this token, as far as it can say."""
    try:
        username(client, token)
    except CliError:
        return False
    return True
