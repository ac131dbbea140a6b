"""What a token says of itself. It may be opaque, so nothing here is required."""

from __future__ import annotations

import base64
import json
from typing import Any

_YEAR_3000 = 32_503_680_000  # a later end is a mistake, and no clock can show it


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
    """When the token ends, in epoch seconds, where it says so."""
    found = claims(token).get("exp")
    return float(found) if isinstance(found, int | float) and 0 < found < _YEAR_3000 else None


def subject(token: str) -> str:
    """Whose token it is, as far as it says; FAB puts a number there, which names nobody."""
    found = claims(token)
    name = found.get("preferred_username") or found.get("name") or found.get("sub") or ""
    return "" if str(name).isdigit() else str(name)
