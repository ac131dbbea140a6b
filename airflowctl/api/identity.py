"""Who asks a server: a token to send, and what errors have to say of whose it is."""

from __future__ import annotations

from typing import Protocol

from airflowctl.core.next_line import suggest


class Identity(Protocol):
    """Who asks. Everything but the token is for errors."""

    def token(self) -> str:
        """What to send; nothing where there is none."""

    def renewed(self, refused: str) -> str:
        """Another token in place of one that was refused, or of none; nothing where there is none."""

    def who(self) -> str:
        """The user's name."""

    def no_token(self) -> str:
        """Why there is none."""

    def log_in(self) -> str:
        """The command that logs in."""


class Nobody:
    """Somebody who is not logged in."""

    def token(self) -> str:
        return ""

    def renewed(self, refused: str) -> str:
        return ""

    def who(self) -> str:
        return ""

    def no_token(self) -> str:
        return ""

    def log_in(self) -> str:
        return suggest("auth", "login")
