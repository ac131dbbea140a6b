"""Users that the server keeps itself: finding and changing them."""

from __future__ import annotations

from airflowctl.core.errors import NotFound, ServerRefused, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def find_user(session: Session, username: str | None, email: str | None) -> dict[str, Any]:
    if bool(username) == bool(email):
        raise UsageError("one of --username and --email must be given")
    if username:
        return fab_api.ask(session, "GET", "users", username)
    # FAB cannot be asked for an address.
    for user in fab_api.every(session, "users", "id"):
        if user.get("email") == email:
            if not fab_api.is_part(user["username"]):
                raise ServerRefused(f"the server has a user {user['username']} with the address {email}:"
                                    " FAB's API cannot be asked for it")  # fmt: skip
            return user
    raise NotFound(f"there is no user with the address {email}", f"see: {suggest('users', 'list')}")


def set_roles(session: Session, user: dict[str, Any], roles: list[str]) -> Record:
    # FAB would store it, and its user could do nothing, not even look.
    if not roles:
        raise UsageError(f"that would leave {user['username']} without any role", "give another one first")
    return user_record(change_user(session, user["username"], roles=[{"name": name} for name in roles]))


def change_user(session: Session, username: str, **fields: Any) -> dict[str, Any]:
    query = {"update_mask": ",".join(fields)}
    return fab_api.ask(session, "PATCH", "users", username, query=query, body=fields)


def user_record(user: dict[str, Any]) -> Record:
    return Record({**user, "roles": fab_api.names(user.get("roles"))}, "username", table=COLUMNS)


def read_password(session: Session, password: str | None, is_on_stdin: bool, is_random: bool) -> str:
    """Return the new password: of the line, made up, or asked for twice."""
    if sum(map(bool, (password, is_on_stdin, is_random))) > 1:
        raise UsageError("the password is given in more than one way")
    if is_random:
        import secrets

        text = secrets.token_urlsafe(18)
    elif is_on_stdin:
        text = session.streams.read_line()
    elif password is not None:
        text = password
    elif not session.can_ask:
        raise UsageError("there is no password, and no terminal to ask at", "give --password-stdin")
    else:
        text = session.streams.ask_secret("New password: ")
        if session.streams.ask_secret("Once more: ") != text:
            raise UsageError("the two passwords differ")
    if not text:
        raise UsageError("the password is empty")
    session.parts.redact.learn(text)
    return str(text)


COLUMNS = ("username", "first_name", "last_name", "email", "roles", "active", "last_login")
