"""Users, where the server keeps them itself (FAB auth manager)."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, DRY_RUN, arg, command, flag, opt
from airflowctl.core.converters import some_text
from airflowctl.core.effect import CHANGE, CREATES, DELETE, OVERWRITE, effect
from airflowctl.core.errors import CliError, NotFound, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import counted, listed
from airflowctl.domain import fab_api, import_files
from airflowctl.domain.bulk_results import FAILED, outcomes
from airflowctl.domain.crud import deleted

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

USER = names(
    "user", op=f"{fab_api.ROOT}/users", items="users", key="username", note=("first_name", "last_name")
)
USERNAME = opt(
    "-u", "--username", help="The user's name.", complete="user", convert=some_text, metavar="NAME"
)
EMAIL = opt("-e", "--email", help="The user's address, instead of the name.", convert=some_text)
ROLE = opt(
    "-r", "--role", help="The role.", complete="role", convert=some_text, required=True, metavar="NAME"
)
PASSWORD = (
    opt(
        "-p", "--password", help="The password; not given, it is asked for without echo. Seen by others on"
        " this machine.", secret=ALWAYS, safer="--password-stdin", metavar="PASSWORD",
    ),
    flag("--password-stdin", help="Read the password from standard input."),
    flag("--use-random-password", help="Make one up that nobody gets to know; reset it later."),
)  # fmt: skip
COLUMNS = ("username", "first_name", "last_name", "email", "roles", "active", "last_login")


@command(
    "users list",
    "List the users.",
    examples=("airflowctl users list",),
)
def list_users(session: Session) -> Rows:
    rows = (
        {**user, "roles": fab_api.names(user.get("roles"))} for user in fab_api.every(session, "users", "id")
    )
    return Rows(rows, COLUMNS, "username")


@command(
    "users get",
    "Show one user.",
    arg("username", "The user's name.", complete="user", convert=some_text, also=("-u", "--username")),
    examples=("airflowctl users get jane",),
)
def get(session: Session, username: str) -> Record:
    return _shown(fab_api.ask(session, "GET", "users", username))


class NewUser(NamedTuple):
    """The values of `users create`."""

    username: str
    email: str
    firstname: str
    lastname: str
    role: tuple[str, ...]
    password: str | None
    password_stdin: bool
    use_random_password: bool


@command(
    "users create",
    "Create a user.",
    USERNAME._replace(required=True, complete=""),
    EMAIL._replace(required=True, help="The user's address."),
    opt("-f", "--firstname", help="First name.", convert=some_text, required=True, metavar="NAME"),
    opt("-l", "--lastname", help="Last name.", convert=some_text, required=True, metavar="NAME"),
    ROLE._replace(many=True, help="The role; may be given several times."),
    *PASSWORD,
    effect=CREATES,
    examples=("airflowctl users create -u jane -e jane@example.org -f Jane -l Doe -r Viewer",),
)
def create(session: Session, values: NewUser) -> Record:
    body = {
        "username": values.username,
        "email": values.email,
        "first_name": values.firstname,
        "last_name": values.lastname,
        "roles": [{"name": name} for name in values.role],
        "password": _password(session, values.password, values.password_stdin, values.use_random_password),
    }
    return _shown(fab_api.ask(session, "POST", "users", body=body))


@command(
    "users delete",
    "Delete a user.",
    USERNAME,
    EMAIL,
    DRY_RUN,
    effect=effect(DELETE, "user", "username", "email"),
    examples=("airflowctl users delete -u jane",),
)
def delete(session: Session, username: str | None, email: str | None, dry_run: bool) -> Text:
    name = str(_found(session, username, email)["username"])
    if not dry_run:
        fab_api.ask(session, "DELETE", "users", name)
    return deleted(name, dry_run)


@command(
    "users add-role",
    "Give a user a role more.",
    USERNAME,
    EMAIL,
    ROLE,
    effect=effect(CHANGE, "user", "username", "email"),
    examples=("airflowctl users add-role -u jane -r Op",),
)
def add_role(session: Session, username: str | None, email: str | None, role: str) -> Record:
    user = _found(session, username, email)
    has = fab_api.names(user.get("roles"))
    if role in has:
        raise UsageError(f"{user['username']} has the role {role} already")
    return _with_roles(session, user, [*has, role])


@command(
    "users remove-role",
    "Take a role from a user.",
    USERNAME,
    EMAIL,
    ROLE,
    effect=effect(DELETE, "role", "role", "username", "email", becomes="taken away"),
    examples=("airflowctl users remove-role -u jane -r Op",),
)
def remove_role(session: Session, username: str | None, email: str | None, role: str) -> Record:
    user = _found(session, username, email)
    has = fab_api.names(user.get("roles"))
    if role not in has:
        raise UsageError(f"{user['username']} does not have the role {role}", f"has: {', '.join(has)}")
    return _with_roles(session, user, [name for name in has if name != role])


@command(
    "users reset-password",
    "Give a user another password; other sessions of that user end.",
    USERNAME,
    EMAIL,
    *PASSWORD,
    effect=effect(CHANGE, "password of user", "username", "email", becomes="replaced"),
    examples=("airflowctl users reset-password -u jane",),
)
def reset_password(
    session: Session,
    username: str | None,
    email: str | None,
    password: str | None,
    password_stdin: bool,
    use_random_password: bool,
) -> Text:
    name = str(_found(session, username, email)["username"])
    _patch(session, name, password=_password(session, password, password_stdin, use_random_password))
    return Text(f"{name} has another password", {"username": name})


@command(
    "users export",
    "Write all users to a file, as users import reads it; without passwords.",
    import_files.TO,
    examples=("airflowctl users export users.json",),
)
def export_users(session: Session, file: str) -> Text:
    found = [
        {
            "username": user["username"],
            "email": user["email"],
            "firstname": user["first_name"],
            "lastname": user["last_name"],
            "roles": fab_api.names(user.get("roles")),
        }
        for user in fab_api.every(session, "users", "id")
    ]
    return import_files.write(
        session, file, import_files.dumped(found, "json", 4), len(found), "users", found
    )


@command(
    "users import",
    "Create the users in a file, or change those that exist to what it says.",
    import_files.FROM,
    DRY_RUN,
    effect=effect(OVERWRITE, "user", in_handler=True),
    about="Users are told apart by their address. The API creates none without a password, which the classic"
    " file does not hold: add a password to those that are new.",
    examples=("airflowctl users import users.json",),
)
def import_users(session: Session, file: str, dry_run: bool) -> Rows:
    found = import_files.read(session, file)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise UsageError(f"{file}: not a list of users")
    known = {user["email"]: user for user in fab_api.every(session, "users", "id")}
    changed = [str(item["email"]) for item in found if item.get("email") in known]
    if changed and not dry_run:
        warning = f"{counted(len(changed), 'user')} would be overwritten: {listed(changed)}."
        session.console.confirm_change(OVERWRITE, warning, "users import")
    rows = [_brought(session, item, known.get(item.get("email")), dry_run) for item in found]
    return outcomes(rows, "username")


def _brought(
    session: Session, item: dict[str, Any], known: dict[str, Any] | None, dry_run: bool
) -> dict[str, Any]:
    """One user of a file, and what became of it."""
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
            _patch(session, item["username"], **fields, roles=roles)
            return row | {"result": "changed"}
        body = {"username": item["username"], "email": item["email"], "password": item["password"]}
        session.shared.redact.learn(str(item["password"]))
        fab_api.ask(session, "POST", "users", body={**body, **fields, "roles": roles})
        return row | {"result": "created"}
    except CliError as error:
        if error.status not in (400, 404, 409, 422):
            raise
        return row | {"reason": error.message}


def _found(session: Session, username: str | None, email: str | None) -> dict[str, Any]:
    if bool(username) == bool(email):
        raise UsageError("one of --username and --email must be given")
    if username:
        return fab_api.ask(session, "GET", "users", username)
    for user in fab_api.every(session, "users", "id"):
        if user.get("email") == email:
            return user
    raise NotFound(f"there is no user with the address {email}", f"see: {suggest('users', 'list')}")


def _with_roles(session: Session, user: dict[str, Any], roles: list[str]) -> Record:
    if not roles:
        raise UsageError(f"that would leave {user['username']} without any role", "give another one first")
    return _shown(_patch(session, user["username"], roles=[{"name": name} for name in roles]))


def _patch(session: Session, username: str, **fields: Any) -> dict[str, Any]:
    query = {"update_mask": ",".join(fields)}
    return fab_api.ask(session, "PATCH", "users", username, query=query, body=fields)


def _shown(user: dict[str, Any]) -> Record:
    return Record({**user, "roles": fab_api.names(user.get("roles"))}, "username", table=COLUMNS)


def _password(session: Session, password: str | None, is_on_stdin: bool, is_random: bool) -> str:
    """The new password: of the line, made up, or asked for twice."""
    if sum(map(bool, (password, is_on_stdin, is_random))) > 1:
        raise UsageError("the password is given in more than one way")
    if is_random:
        import secrets

        found = secrets.token_urlsafe(18)
    elif is_on_stdin:
        found = session.streams.read_line()
    elif password is not None:
        found = password
    elif not session.can_ask:
        raise UsageError("there is no password, and nobody to ask", "give --password-stdin")
    else:
        found = session.streams.ask_secret("New password: ")
        if session.streams.ask_secret("Once more: ") != found:
            raise UsageError("the two passwords differ")
    if not found:
        raise UsageError("the password is empty")
    session.shared.redact.learn(found)
    return str(found)
