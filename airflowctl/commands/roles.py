"""Roles and their permissions; only with the FAB auth manager."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import some_text
from airflowctl.core.effect import CHANGE, CREATES, DELETE, OVERWRITE, effect
from airflowctl.core.errors import Conflict, UsageError
from airflowctl.core.kinds import Names, names
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api, file_params
from airflowctl.domain.bulk_results import outcomes
from airflowctl.domain.file_params import ImportValues
from airflowctl.domain.params import DRY_RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from airflowctl.domain.differences import Comparison
    from airflowctl.domain.import_items import Shape
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session

    Pairs = set[tuple[str, str]]  # an action on a resource each

ROLE = names("role", op=f"{fab_api.ROOT}/roles", items="roles", key="name")
ROLES = arg("role", "The role; several may be named.", complete="role", convert=some_text, repeatable=True)


def _names_of(part: str) -> Names:
    """Return the kind of the resources, or of the actions, of all permissions."""

    def read(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        yield str(item[part]["name"]), ""

    # FAB lists permissions, each an action on a resource, under this name.
    return names(
        part, op=f"{fab_api.ROOT}/permissions", items="actions", key="", read=read, most=2_000, fresh=300.0
    )


RESOURCES, ACTIONS = _names_of("resource"), _names_of("action")
RESOURCE = opt(
    "-r", "--resource", help="The resource, like DAGs, or several.", complete="resource",
    convert=some_text, repeatable=True, variadic=True, required=True, metavar="NAME",
)  # fmt: skip
ACTION = opt(
    "-a", "--action", help="The action, like can_read, or several.", complete="action",
    convert=some_text, repeatable=True, variadic=True, required=True, metavar="NAME",
)  # fmt: skip
# FAB creates these everywhere: a file of them would carry one server's defaults to another.
BUILT_IN = ("Admin", "Viewer", "User", "Op", "Public")


@command(
    "roles list",
    "List the roles.",
    flag("-p", "--permission", help="Also list their permissions, a line for each resource."),
    classic="classic_roles:show_roles",
    examples=(
        "airflowctl roles list",
        "airflowctl roles list --permission",
    ),
)
def list_roles(session: Session, permission: bool) -> Rows:
    roles = fab_api.every(session, "roles", "name")
    if not permission:
        return Rows(roles, ("name",), "name")
    rows = (
        {"name": role["name"], "resource": resource, "action": actions}
        for role in roles
        for resource, actions in fab_api.by_resource(fab_api.pairs(role.get("actions"))).items()
    )
    return Rows(rows, ("name", "resource", "action"), "name")


@command(
    "roles create",
    "Create roles, without permissions.",
    ROLES._replace(complete=""),
    effect=CREATES,
    classic="classic_roles:create_roles",
    examples=("airflowctl roles create Analyst",),
)
def create(session: Session, role: tuple[str, ...]) -> Rows:
    rows = []
    for name in _some(role):
        try:
            fab_api.ask(session, "POST", "roles", body={"name": name, "actions": []})
            rows.append({"name": name, "result": "created", "reason": None})
        except Conflict:
            rows.append({"name": name, "result": "skipped", "reason": "it exists already"})
    return outcomes(rows, "name")


@command(
    "roles delete",
    "Delete roles; none of them if one does not exist.",
    ROLES,
    DRY_RUN,
    effect=effect(DELETE, "role", "role"),
    classic="classic_roles:delete_roles",
    examples=("airflowctl roles delete Analyst",),
)
def delete(session: Session, role: tuple[str, ...], dry_run: bool) -> Rows:
    # All are looked up first, so that a wrong name deletes nothing.
    for name in _some(role):
        fab_api.ask(session, "GET", "roles", name)
    for name in role if not dry_run else ():
        fab_api.ask(session, "DELETE", "roles", name)
    result = "would be deleted" if dry_run else "deleted"
    return Rows([{"name": name, "result": result} for name in role], ("name", "result"), "name")


@command(
    "roles add-perms",
    "Add permissions to roles: each action on each resource.",
    ROLES,
    RESOURCE,
    ACTION,
    effect=effect(CHANGE, "role", "role"),
    classic="classic_roles:add_permissions",
    examples=("airflowctl roles add-perms Analyst -r DAGs -a can_read",),
)
def add_perms(
    session: Session, role: tuple[str, ...], resource: tuple[str, ...], action: tuple[str, ...]
) -> Rows:
    more = {(text, resource_name) for text in action for resource_name in resource}
    return _apply_changes(session, role, lambda has: has | more)


@command(
    "roles del-perms",
    "Remove permissions from roles; without --action, all on the resource.",
    ROLES,
    RESOURCE,
    ACTION._replace(required=False),
    effect=effect(DELETE, "role", "role", becomes="left with fewer permissions"),
    classic="classic_roles:delete_permissions",
    examples=("airflowctl roles del-perms Analyst -r DAGs -a can_edit",),
)
def del_perms(
    session: Session, role: tuple[str, ...], resource: tuple[str, ...], action: tuple[str, ...]
) -> Rows:
    return _apply_changes(
        session,
        role,
        lambda has: {
            (text, resource_name)
            for text, resource_name in has
            if resource_name not in resource or (action and text not in action)
        },
    )


@command(
    "roles export",
    "Write the roles that are not Airflow's own to a file, as roles import reads it.",
    file_params.TO,
    file_params.chosen_names("role", "roles")[0],
    file_params.contained_text("roles"),
    flag("-p", "--pretty", help="Write the JSON with line breaks and indentation."),
    file_params.LIST_FORMAT,
    about="Only this user can read the file. An existing file is replaced only when the new one is complete.",
    classic="classic_roles:export_roles",
    examples=("airflowctl roles export roles.json",),
)
def export_roles(
    session: Session,
    file: str,
    names: tuple[str, ...],
    pattern: str | None,
    pretty: bool,
    file_format: str | None,
) -> Text:
    from airflowctl.domain.export_files import Choice, choose, write_list
    from airflowctl.domain.role_items import as_rows

    roles = [role for role in fab_api.every(session, "roles", "name") if role["name"] not in BUILT_IN]
    records = {
        role["name"]: as_rows(role["name"], fab_api.by_resource(fab_api.pairs(role.get("actions"))))
        for role in roles
        if (pattern or "") in role["name"]
    }
    choice = Choice(file, file_format, None, None)
    return write_list(choice, "roles", choose(records, names, "roles"), indent=4 if pretty else None)


def _load() -> tuple[Shape, Comparison]:
    from airflowctl.domain.role_items import ROLE, ROLES

    return ROLES, ROLE


def _kind() -> Kind:
    from airflowctl.domain.fab_store import RoleStore
    from airflowctl.domain.import_kind import Kind

    return Kind("roles", "name", _load, RoleStore)


def _check(session: Session, values: Mapping[str, Any]) -> None:
    from airflowctl.domain.bulk import check_source

    check_source(session, _kind(), values)


@command(
    "roles import",
    "Create the roles in a file; with --overwrite, also set the permissions of those that exist.",
    file_params.FROM._replace(reads=_check),
    file_params.existing("skip"),
    file_params.OVERWRITING,
    file_params.LIST_FORMAT,
    file_params.PARTIAL,
    file_params.REPLACE._replace(
        help="With --overwrite, also remove a role's permissions on resources that the file does not name."
    ),
    DRY_RUN,
    effect=effect(OVERWRITE, "role", judge=file_params.overwrites("skip"), in_handler=True, repeatable=True),
    about="By default entries that exist are kept, as in the classic program. With --dry-run, exit 6 if"
    " something would change.",
    classic="classic_roles:import_roles",
    examples=(
        "airflowctl roles import roles.json",
        "airflowctl roles import roles.json --overwrite --dry-run",
    ),
)
def import_roles(session: Session, values: ImportValues) -> Rows:
    from airflowctl.domain.bulk import run_import

    return run_import(session, _kind(), file_params.settle_action(values, "skip"), "roles import")


def _some(roles: tuple[str, ...]) -> tuple[str, ...]:
    if not roles:
        raise UsageError("no role is named")
    return roles


def _apply_changes(session: Session, roles: tuple[str, ...], change: Callable[[Pairs], Pairs]) -> Rows:
    """Give each role the permissions that `change` makes of its own; one that has them already is sent
    nothing. Raises NotFound before anything is changed."""
    before = {
        name: fab_api.pairs(fab_api.ask(session, "GET", "roles", name).get("actions"))
        for name in _some(roles)
    }
    rows = []
    for name, has in before.items():
        wanted = change(has)
        if wanted != has:
            body = {"name": name, "actions": fab_api.permissions(wanted)}
            fab_api.ask(session, "PATCH", "roles", name, query={"update_mask": "actions"}, body=body)
        result = "same" if wanted == has else "changed"
        rows.append({"name": name, "permissions": len(wanted), "result": result})
    return Rows(rows, ("name", "permissions", "result"), "name")
