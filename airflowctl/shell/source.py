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
        if kind in ("operation", "field"):
            return _of_the_api(kind, scope)
        if "--url" in scope:
            return Known()
        try:
            line = session.scoped(session.options.over({"env": scope.get("--env")}))
            return line.server.names.names(kind, scope, prefix)
        except CliError:
            return Known(state=FAILED)


def _of_the_api(kind: str, scope: Mapping[str, str]) -> Known:
    """Operations and methods; the paths of a method, and the fields of an operation."""
    from airflowctl.api.operations import table
    from airflowctl.api.raw import Target, by_route, methods, named

    operation = scope.get("operation", "")
    if kind == "operation":
        ids = (Choice(name, f"{it.method} {it.path}") for name, it in table().items())
        return known((*ids, *(Choice(method, "and a path") for method in methods())))
    path = scope.get("field", "")
    if operation.upper() not in methods():
        target = Target(operation, table()[operation]) if operation in table() else None
    elif not path.startswith("/"):
        routes = {it.path for it in table().values() if it.method == operation.upper()}
        return known(Choice(route) for route in sorted(routes))
    else:
        target = by_route(operation.upper(), path)
    fields = named(target.operation) if target else ()
    return known(Choice(f"{name}=", note.partition(" ")[0]) for name, note in fields)
