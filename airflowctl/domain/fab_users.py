"""Users that the server keeps itself: finding, changing and importing them."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NotFound, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api
from airflowctl.domain.bulk_results import FAILED
from airflowctl.domain.import_items import FieldError, check_fields, text_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from airflowctl.domain.document import Document
    from airflowctl.session.session import Session


def read_users(document: Document) -> list[dict[str, Any]]:
    """Return the users of a file. Raises WrongFile with all that is wrong in it."""
    texts = ("username", "email", "firstname", "lastname", "password")
    users = _read_list(document, "users", {**dict.fromkeys(texts, text_or_none), "roles": _read_names})
    document.fail("nothing was sent")
    return users


def read_roles(document: Document) -> list[dict[str, Any]]:
    """Return the rows of a file of roles: name, resource, action. Raises WrongFile with all that is wrong."""
    what = "objects with name, resource and action"
    rows = _read_list(document, what, dict.fromkeys(("name", "resource", "action"), text_or_none))
    for index, row in enumerate(rows):
        document.require(bool(row.get("name")), (index,), f"entry {index + 1}: no name")
    document.fail("nothing was sent")
    return rows


def _read_list(
    document: Document, what: str, known: Mapping[str, Callable[[object], object]]
) -> list[dict[str, Any]]:
    rows = []
    value = document.value
    entries = value if isinstance(value, list) else []
    document.require(isinstance(value, list), (), f"not a list of {what}")
    for index, entry in enumerate(entries):
        if not document.require(isinstance(entry, dict), (index,), f"entry {index + 1}: not an object"):
            continue
        try:
            rows.append(check_fields(entry, known))
        except FieldError as error:
            document.add((index, *error.path), f"entry {index + 1}: {error.path[0]}: {error}")
    return rows


def _read_names(value: object) -> object:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("must be a list of texts")
    return value


def import_user(
    session: Session, item: dict[str, Any], known: dict[str, Any] | None, dry_run: bool
) -> dict[str, Any]:
    """Return one user of a file, and what became of it."""
    row = {"username": item.get("username"), "result": FAILED, "reason": None}
    missing = [name for name in ("username", "email", "firstname", "lastname", "roles") if not item.get(name)]
    if missing:
        return row | {"reason": f"it has no {', '.join(missing)}"}
    if known and known["username"] != item["username"]:
        return row | {"reason": f"{item['email']} is the address of {known['username']}"}
    if not known and not item.get("password"):
        return row | {"reason": "it is new and has no password"}
    if dry_run:
        return row | {"result": "would be changed" if known else "would be created"}
    fields = {"first_name": item["firstname"], "last_name": item["lastname"]}
    roles = [{"name": str(name)} for name in item["roles"]]
    try:
        if known:
            change_user(session, item["username"], **fields, roles=roles)
            return row | {"result": "changed"}
        body = {"username": item["username"], "email": item["email"], "password": item["password"]}
        session.parts.redact.learn(str(item["password"]))
        fab_api.ask(session, "POST", "users", body={**body, **fields, "roles": roles})
        return row | {"result": "created"}
    except CliError as error:
        if error.status not in (400, 404, 409, 422):
            raise
        return row | {"reason": error.message}


def find_user(session: Session, username: str | None, email: str | None) -> dict[str, Any]:
    if bool(username) == bool(email):
        raise UsageError("one of --username and --email must be given")
    if username:
        return fab_api.ask(session, "GET", "users", username)
    for user in fab_api.every(session, "users", "id"):
        if user.get("email") == email:
            return user
    raise NotFound(f"there is no user with the address {email}", f"see: {suggest('users', 'list')}")


def set_roles(session: Session, user: dict[str, Any], roles: list[str]) -> Record:
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
