"""Reads the claims of a token. It may be opaque, so nothing here is required."""

from __future__ import annotations

import base64
import json
from typing import Any

from airflowctl.core.credential import moment

_CLOCKS = 5.0  # seconds that they may differ, rounding included
_OLD_DATE = 2.0  # seconds: servers work out their Date header once a second, and leave out its fraction


def claims(token: str) -> dict[str, Any]:
    """Return the claims of a JWT, unverified; {} for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        members = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return members if isinstance(members, dict) else {}


def expiry_time(token: str) -> float | None:
    """Return when the token ends, in epoch seconds, where it says so.

    A token of the Keycloak auth manager holds another, of Keycloak: it is good for as long as both are.
    """
    members = claims(token)
    inner = members.get("access_token")
    ends = [moment(members.get("exp")), moment(claims(inner).get("exp")) if isinstance(inner, str) else None]
    return min((end for end in ends if end is not None), default=None)


def issue_time(token: str) -> float | None:
    """Return when the token was made, in epoch seconds, where it says so."""
    return moment(claims(token).get("iat"))


def problem(token: str, now: float) -> str:
    """Return what the claims say against the token at this moment of the server's clock; empty if nothing."""
    end, start = expiry_time(token), moment(claims(token).get("nbf")) or issue_time(token)
    if end is not None and end <= now + _OLD_DATE:
        return "it has expired"
    if start is not None and start > now + _CLOCKS:
        return f"by the clock of the server it is valid only in {start - now:.0f} s: a clock is wrong"
    return ""


def subject(token: str) -> str:
    """Return the user of the token, as far as it says."""
    members = claims(token)
    names = (members.get(claim) for claim in ("preferred_username", "name", "sub"))
    name = next((name for name in names if name and isinstance(name, str)), "")
    # FAB puts the number of the user there, which no user knows.
    return "" if name.isdigit() else name
