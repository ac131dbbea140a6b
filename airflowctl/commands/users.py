"""Users; only with the FAB auth manager."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, arg, command, flag, opt
from airflowctl.core.converters import some_text
from airflowctl.core.effect import CHANGE, CREATES, DELETE, OVERWRITE, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain import fab_api, file_params
from airflowctl.domain.crud import render_deletion
from airflowctl.domain.file_params import ImportValues
from airflowctl.domain.params import DRY_RUN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.domain.differences import Comparison
    from airflowctl.domain.import_items import Shape
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session


USER = names(
    "user", op=f"{fab_api.ROOT}/users", items="users", key="username", note=("first_name", "last_name")
)
USERNAME = opt(
    "-u", "--username", help="The user's name.", complete="user", convert=some_text, metavar="NAME"
)
ADDRESS = names("email", op=f"{fab_api.ROOT}/users", items="users", key="email", note=("username",))
EMAIL = opt(
    "-e", "--email", help="The user's address, instead of the name.", complete="email", convert=some_text
)
ROLE = opt(
    "-r", "--role", help="The role.", complete="role", convert=some_text, required=True, metavar="NAME"
)
PASSWORD = (
    opt(
        "-p", "--password", help="The password; not given, it is asked for without echo. Seen by others on"
        " this machine.", secret=ALWAYS, safer="--password-stdin", metavar="PASSWORD",
    ),
    flag("--password-stdin", help="Read the password from standard input."),
    flag("--use-random-password", help="Generate a password that is not shown; reset it later."),
)  # fmt: skip


@command(
    "users list",
    "List the users.",
    classic="classic_users:show_users",
    examples=("airflowctl users list",),
)
def list_users(session: Session) -> Rows:
    from airflowctl.domain.fab_users import COLUMNS

    rows = (
        {**user, "roles": fab_api.names(user.get("roles"))} for user in fab_api.every(session, "users", "id")
    )
    return Rows(rows, COLUMNS, "username")


@command(
    "users get",
    "Show one user.",
    arg("username", "The user's name.", complete="user", convert=some_text, aliases=("-u", "--username")),
    examples=("airflowctl users get jane",),
)
def get(session: Session, username: str) -> Record:
    from airflowctl.domain.fab_users import user_record

    return user_record(fab_api.ask(session, "GET", "users", username))


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
    # A new name: those that exist would be the wrong candidates.
    USERNAME._replace(required=True, complete=""),
    EMAIL._replace(required=True, help="The user's address.", complete=""),
    opt("-f", "--firstname", help="First name.", convert=some_text, required=True, metavar="NAME"),
    opt("-l", "--lastname", help="Last name.", convert=some_text, required=True, metavar="NAME"),
    ROLE._replace(repeatable=True, help="The role; may be given several times."),
    *PASSWORD,
    effect=CREATES,
    classic="classic_users:create_user",
    examples=("airflowctl users create -u jane -e jane@example.org -f Jane -l Doe -r Viewer",),
)
def create(session: Session, values: NewUser) -> Record:
    from airflowctl.domain.fab_users import read_password, user_record

    body = {
        "username": values.username,
        "email": values.email,
        "first_name": values.firstname,
        "last_name": values.lastname,
        "roles": [{"name": name} for name in values.role],
        "password": read_password(
            session, values.password, values.password_stdin, values.use_random_password
        ),
    }
    return user_record(fab_api.ask(session, "POST", "users", body=body))


@command(
    "users delete",
    "Delete a user.",
    USERNAME,
    EMAIL,
    DRY_RUN,
    effect=effect(DELETE, "user", "username", "email"),
    classic="classic_users:delete_user",
    examples=("airflowctl users delete -u jane",),
)
def delete(session: Session, username: str | None, email: str | None, dry_run: bool) -> Text:
    from airflowctl.domain.fab_users import find_user

    name = str(find_user(session, username, email)["username"])
    if not dry_run:
        fab_api.ask(session, "DELETE", "users", name)
    return render_deletion(name, dry_run)


@command(
    "users add-role",
    "Add a role to a user.",
    USERNAME,
    EMAIL,
    ROLE,
    effect=effect(CHANGE, "user", "username", "email"),
    classic="classic_users:add_role",
    examples=("airflowctl users add-role -u jane -r Op",),
)
def add_role(session: Session, username: str | None, email: str | None, role: str) -> Record:
    from airflowctl.domain.fab_users import find_user, set_roles

    user = find_user(session, username, email)
    has = fab_api.names(user.get("roles"))
    if role in has:
        raise UsageError(f"{user['username']} has the role {role} already")
    # The API replaces the whole list: those that the user has go with the new one.
    return set_roles(session, user, [*has, role])


@command(
    "users remove-role",
    "Remove a role from a user.",
    USERNAME,
    EMAIL,
    ROLE,
    effect=effect(DELETE, "role", "role", "username", "email", becomes="taken away"),
    classic="classic_users:remove_role",
    examples=("airflowctl users remove-role -u jane -r Op",),
)
def remove_role(session: Session, username: str | None, email: str | None, role: str) -> Record:
    from airflowctl.domain.fab_users import find_user, set_roles

    user = find_user(session, username, email)
    has = fab_api.names(user.get("roles"))
    if role not in has:
        raise UsageError(f"{user['username']} does not have the role {role}", f"has: {', '.join(has)}")
    return set_roles(session, user, [name for name in has if name != role])


@command(
    "users reset-password",
    "Set a new password for a user; other sessions of that user end.",
    USERNAME,
    EMAIL,
    *PASSWORD,
    effect=effect(CHANGE, "password of user", "username", "email", becomes="replaced"),
    classic="classic_users:reset_password",
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
    from airflowctl.domain.fab_users import change_user, find_user, read_password

    name = str(find_user(session, username, email)["username"])
    change_user(session, name, password=read_password(session, password, password_stdin, use_random_password))
    return Text(f"{name} has another password", {"username": name})


@command(
    "users export",
    "Write users to a file, as users import reads it; without passwords.",
    file_params.TO,
    file_params.chosen_names("user", "users")[0],
    file_params.contained_text("users"),
    file_params.LIST_FORMAT,
    about="Only this user can read the file. An existing file is replaced only when the new one is complete.",
    classic="classic_users:export_users",
    examples=("airflowctl users export users.json",),
)
def export_users(
    session: Session, file: str, names: tuple[str, ...], pattern: str | None, file_format: str | None
) -> Text:
    from airflowctl.domain.export_files import Choice, choose, write_list
    from airflowctl.domain.user_items import as_record

    users = fab_api.every(session, "users", "id")
    # FAB's lists take no filter: all users are read, and their names compared here.
    records = {user["username"]: [as_record(user)] for user in users if (pattern or "") in user["username"]}
    return write_list(Choice(file, file_format, None, None), "users", choose(records, names, "users"))


def _load() -> tuple[Shape, Comparison]:
    from airflowctl.domain.user_items import USER, USERS

    return USERS, USER


def _kind() -> Kind:
    from airflowctl.domain.fab_store import UserStore
    from airflowctl.domain.import_kind import Kind

    return Kind("users", "username", _load, UserStore)


def _check(session: Session, values: Mapping[str, Any]) -> None:
    from airflowctl.domain.bulk import check_source

    check_source(session, _kind(), values)


@command(
    "users import",
    "Create the users in a file, and update those that exist.",
    file_params.FROM._replace(reads=_check),
    file_params.existing("overwrite"),
    file_params.LIST_FORMAT,
    file_params.PARTIAL,
    DRY_RUN,
    effect=effect(
        OVERWRITE, "user", judge=file_params.overwrites("overwrite"), in_handler=True, repeatable=True
    ),
    about="The API creates no user without a password, which no export holds: add a password to each new"
    " user. The password of a user who exists stays as it is; `users reset-password` changes it."
    " With --dry-run, exit 6 if something would change.",
    classic="classic_users:import_users",
    examples=("airflowctl users import users.json",),
)
def import_users(session: Session, values: ImportValues) -> Rows:
    from airflowctl.domain.bulk import run_import

    values = file_params.settle_action(values, "overwrite")
    return run_import(session, _kind(), values, "users import")
