"""The names a line of the shell may want: of the server the line goes to, or of this machine."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.errors import CliError
from airflowctl.session import Session
from completers.protocols import FAILED, Choice, Known, known


class SessionNames:
    """The source of a whole session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        """As completers.protocols.Source. No server is asked for a line with a `--url` in it: it may be
        half typed, and nobody has said yet that it may have the token."""
        session = self._session
        if kind == "environment":
            return known(Choice(name) for name in session.environments.names())
        if kind == "method":
            from airflowctl.api.auth.providers import names

            return known(Choice(name) for name in names())
        if "--url" in scope:
            return Known()
        try:
            line = session.scoped(session.options.over({"env": scope.get("--env")}))
            return line.server.names.names(kind, scope, prefix)
        except CliError:
            return Known(state=FAILED)
