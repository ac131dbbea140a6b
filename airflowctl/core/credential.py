"""What is kept of a login: the token, what renews it, and whose it is, where."""

from __future__ import annotations

import time
from collections.abc import Mapping

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

TOKEN_VARIABLE = "AIRFLOW_CLI_TOKEN"
TOKEN_FILE_VARIABLE = "AIRFLOW_CLI_TOKEN_FILE"
_TOKEN_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=")
_LONGEST = 100_000  # letters: no header is longer
_YEAR_3000 = 32_503_680_000  # a later end is a mistake, and no clock can show it


class Credential(NamedTuple):
    """A token, the origin it was issued for and whose it is.

    Times are in epoch seconds; `since` is the login itself, which renewing leaves as it was. `renewal` holds
    what a provider needs to renew it, like a refresh token. `source` says where it was found. An empty
    token is sent to a server that lets everybody in: none.
    """

    token: str
    origin: str
    username: str = ""
    issued_at: float | None = None
    expires_at: float | None = None
    since: float | None = None
    method: str = ""
    renewal: Mapping[str, str] = {}
    source: str = ""

    # Without the token: a repr ends up in crash reports and test output (decision 0028).
    def __repr__(self) -> str:
        return f"Credential(origin={self.origin!r}, username={self.username!r}, source={self.source!r})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything in it that must not be shown."""
        return (self.token, *self.renewal.values())

    def to_text(self) -> str:
        """Return the credential as a store keeps it."""
        import json

        kept = self._asdict()
        del kept["source"]
        return json.dumps({name: value for name, value in kept.items() if value})


def from_text(text: str, origin: str, source: str) -> Credential | None:
    """Return what `to_text` made, if it is for this origin; None for anything else."""
    credential = read_credential(text, source)
    # A login is for one address: kept under another one it is none (decision 0022).
    return credential if credential is not None and credential.origin == origin else None


def read_credential(text: str, source: str) -> Credential | None:
    """Return what `to_text` made, for whatever origin; None for anything else."""
    import json

    try:
        result = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(result, dict) or not may_be_sent(result.get("token")):
        return None
    renewal = result.get("renewal")
    pairs = renewal.items() if isinstance(renewal, dict) else ()
    return Credential(
        result["token"],
        _text(result, "origin"),
        _text(result, "username"),
        moment(result.get("issued_at")),
        moment(result.get("expires_at")),
        moment(result.get("since")),
        _text(result, "method"),
        {name: value for name, value in pairs if isinstance(value, str)},
        source,
    )


def clean(token: str, source: str) -> str:
    """Return a token as it may stand in a header; raises UsageError without showing it."""
    token = token.strip()
    # A line end in a token would begin a header of its own.
    if not may_be_sent(token):
        raise UsageError(f"{source} does not hold a token", "a token has letters, digits and -._~+/= only")
    return token


def may_be_sent(token: object) -> bool:
    return isinstance(token, str) and 0 < len(token) < _LONGEST and _TOKEN_LETTERS.issuperset(token)


def moment(value: object) -> float | None:
    """Return a time in epoch seconds, if it is one that a clock can show."""
    return float(value) if isinstance(value, int | float) and 0 < value < _YEAR_3000 else None


def iso(moment: float | None) -> str | None:
    """Return a time in epoch seconds as 2026-01-31T12:00:00Z."""
    return None if moment is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name, "")
    return value if isinstance(value, str) else ""
