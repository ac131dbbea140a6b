"""The user of a client: a token to send, and what errors say of its owner."""

from __future__ import annotations

from typing import Protocol

from airflowctl.core.next_line import suggest


class Identity(Protocol):
    """The user of a client. Everything but the token is for errors."""

    def token(self) -> str:
        """Return the token to send; empty where there is none."""

    def renew(self, refused: str) -> str:
        """Return another token in place of one that was refused, or of none; empty where there is none."""

    def who(self) -> str:
        """Return the user's name."""

    def no_token(self) -> str:
        """Return why there is no token."""

    def log_in(self) -> str:
        """Return the command that logs in."""


class Anonymous:
    """A user who is not logged in: requests are sent without a token (decision 0024)."""

    def token(self) -> str:
        return ""

    def renew(self, refused: str) -> str:
        return ""

    def who(self) -> str:
        return ""

    def no_token(self) -> str:
        return ""

    def log_in(self) -> str:
        return suggest("auth", "login")
