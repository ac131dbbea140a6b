"""Whose names are kept for other shells: those of a user of one server, never of another."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.credential import TOKEN_VARIABLE
from airflowctl.core.environment import Environment
from airflowctl.core.errors import CliError
from airflowctl.core.options import Options
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session.destination import VariableToken, find_environment

if TYPE_CHECKING:
    from airflowctl.session.session import Session


def find_owner(options: Options, environ: Mapping[str, str]) -> str:
    """Return whose names a line with these options completes, without a session; empty where its server is
    not known."""
    from airflowctl.storage.environments import EnvironmentStore

    store = EnvironmentStore(environ)
    try:
        environment = find_environment(options, environ, store, store.read_default)
        if environment is None:
            return ""
        token = VariableToken(options, environ) if _has_token(environ) else None
        if token is not None:
            token.decide(store, store.read_default)
        return _owner(environment, environ, token)
    except CliError:
        return ""


def owner_of(session: Session) -> str:
    """Return whose names a line of a session reads; empty where its server is not known."""
    try:
        environment = session.environment
        if environment is None or session.options.api_token:
            return ""  # the token of one line is of a user who is not known before it is used
        return _owner(environment, session.streams.environ, session.parts.variable_token)
    except CliError:
        return ""


def _has_token(environ: Mapping[str, str]) -> bool:
    from airflowctl.core.credential import TOKEN_FILE_VARIABLE

    return TOKEN_VARIABLE in environ or TOKEN_FILE_VARIABLE in environ


def _owner(environment: Environment, environ: Mapping[str, str], token: VariableToken | None) -> str:
    if token is not None and token.belongs_to(environment):
        return f"{environment.url} {_user_of_token(environ)}"
    return f"{environment.url} user {environment.username or environment.login}"


def _user_of_token(environ: Mapping[str, str]) -> str:
    """Return a word for the user of the token in the variables: a new token of the same user has the same."""
    from hashlib import sha256

    text = environ.get(TOKEN_VARIABLE, "").strip()
    if not text:
        from airflowctl.core.credential import TOKEN_FILE_VARIABLE

        return f"file {environ[TOKEN_FILE_VARIABLE]}"
    claims = _subject(text)
    return f"subject {claims}" if claims else f"token {sha256(text.encode()).hexdigest()}"


def _subject(token: str) -> str:
    import base64
    import json

    parts = token.split(".")
    if len(parts) != 3:
        return ""
    try:
        members = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return ""
    subject = members.get("sub") if isinstance(members, dict) else None
    return str(subject) if isinstance(subject, str | int) else ""
