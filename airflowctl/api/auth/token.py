"""What a token says of itself. It may be opaque, so nothing here is required."""

from __future__ import annotations

import base64
import json
from typing import Any

from airflowctl.core.credential import moment

_CLOCKS = 5.0  # seconds that they may differ, rounding included
_OLD_DATE = 2.0  # seconds: servers work out their Date header once a second, and leave out its fraction


def claims(token: str) -> dict[str, Any]:
    """The claims of a JWT, unverified; {} for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def expires_at(token: str) -> float | None:
    """When the token ends, in epoch seconds, where it says so.

    A token of the Keycloak auth manager holds another, of Keycloak: it is good for as long as both are.
    """
    found = claims(token)
    inner = found.get("access_token")
    ends = [moment(found.get("exp")), moment(claims(inner).get("exp")) if isinstance(inner, str) else None]
    return min((end for end in ends if end is not None), default=None)


def issued_at(token: str) -> float | None:
    """When it was made, in epoch seconds, where it says so."""
    return moment(claims(token).get("iat"))


def problem(token: str, now: float) -> str:
    """What its own claims say against it at this moment of the server's clock; nothing if nothing."""
    end, start = expires_at(token), moment(claims(token).get("nbf")) or issued_at(token)
    if end is not None and end <= now + _OLD_DATE:
        return "it has expired"
    if start is not None and start > now + _CLOCKS:
        return f"by the clock of the server it is valid only in {start - now:.0f} s: a clock is wrong"
    return ""


def subject(token: str) -> str:
    """Whose token it is, as far as it says; FAB puts a number there, which names nobody."""
    found = claims(token)
    name = found.get("preferred_username") or found.get("name") or found.get("sub") or ""
    return "" if str(name).isdigit() else str(name)
