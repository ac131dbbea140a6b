"""Finds out which auth manager a server has, without a login."""

from __future__ import annotations

from airflowctl.api.client import Client
from airflowctl.core.errors import CliError, Unreachable

SIMPLE, FAB, KEYCLOAK, OTHER = "simple", "fab", "keycloak", "other"
_TITLES = {"simple auth manager": SIMPLE, "fab auth manager": FAB, "keycloak auth manager": KEYCLOAK}


def manager(client: Client) -> str:
    """Return the auth manager, by the title of its API's description; OTHER without one. Raises
    Unreachable."""
    try:
        info = client.send("GET", "/auth/openapi.json", token="").get("info")
    except Unreachable:
        raise
    except CliError:
        return OTHER
    title = str(info.get("title", "")).casefold() if isinstance(info, dict) else ""
    return next((name for words, name in _TITLES.items() if title.startswith(words)), OTHER)


def lets_everybody_in(client: Client) -> bool:
    """Return whether every user is an administrator without a login (`simple_auth_manager_all_admins`)."""
    try:
        return "access_token" in client.send("GET", "/auth/token", token="")
    except Unreachable:
        raise
    except CliError:
        return False
