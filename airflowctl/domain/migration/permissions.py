"""Which permission a command needs: the resource and action of its operation, and the least role with them.

The roles are those that the FAB auth manager makes; the simple auth manager has four of the same names.
"""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from airflowctl.core.command import Command

VIEWER, USER, OP, ADMIN = ROLES = ("Viewer", "User", "Op", "Admin")
_ACTIONS = {
    "GET": "can_read",
    "POST": "can_create",
    "PUT": "can_edit",
    "PATCH": "can_edit",
    "DELETE": "can_delete",
}
_READ = "can_read"
# By a part of the path, the first that fits: the resource, the role that reads it, the one that changes it.
_RESOURCES = (
    ("/eventLogs", "Audit Logs", ADMIN, ADMIN),
    ("/connections", "Connections", OP, OP),
    ("/variables", "Variables", OP, OP),
    ("/pools", "Pools", VIEWER, OP),
    ("/config", "Configurations", OP, OP),
    ("/plugins", "Plugins", OP, OP),
    ("/providers", "Providers", OP, OP),
    ("/backfills", "Backfills", VIEWER, OP),
    ("/jobs", "Jobs", VIEWER, ADMIN),
    ("/importErrors", "ImportError", VIEWER, ADMIN),
    ("/xcomEntries", "XComs", VIEWER, OP),
    ("/logs", "Task Logs", VIEWER, ADMIN),
    ("/clearTaskInstances", "Task Instances", VIEWER, USER),
    ("/taskInstances", "Task Instances", VIEWER, USER),
    ("/dagRuns", "DAG Runs", VIEWER, USER),
    ("/clearPartitions", "DAG Runs", VIEWER, USER),
    ("/dagSources", "DAG Code", VIEWER, ADMIN),
    ("/dagVersions", "DAG Versions", VIEWER, ADMIN),
    ("/assets", "Assets", VIEWER, USER),
    ("/parseDagFile", "DAGs", VIEWER, USER),
    ("/dags", "DAGs", VIEWER, USER),
)
# Operations whose method says another thing than what has to be allowed, by how their paths end.
_OTHER_ACTIONS = {
    "/clearTaskInstances": "can_edit",
    "/clear": "can_edit",
    "/clearPartitions": "can_edit",
    "/parseDagFile": "can_edit",
    "/favorite": _READ,
    "/unfavorite": _READ,
}
_KEEPS_USERS = {"users": "Users", "roles": "Roles", "permissions": "Roles"}
_ACTION_OF_VERB = {
    "list": _READ,
    "get": _READ,
    "export": _READ,
    "create": "can_create",
    "delete": "can_delete",
}


class Permission(NamedTuple):
    """`can_create on DAG Runs`, and the least of the usual roles that has it."""

    action: str
    resource: str
    role: str

    def __str__(self) -> str:
        return f"{self.role} ({self.action} on {self.resource})"


def permission_of(command: Command) -> Permission | None:
    """Return what the user needs for a command; None where any login will do, or none is needed."""
    from airflowctl.api.operations import table

    if command.words[0] in _KEEPS_USERS:  # operations of the FAB auth manager, which are not in our table
        return Permission(
            _ACTION_OF_VERB.get(command.words[1], "can_edit"), _KEEPS_USERS[command.words[0]], ADMIN
        )
    operation = table().get(command.op or next(iter(command.uses), ""))
    if operation is None:
        return None
    for part, resource, reads, changes in _RESOURCES:
        if part in operation.path:
            action = _ACTIONS[operation.method]
            for end, other in _OTHER_ACTIONS.items():
                action = other if operation.path.endswith(end) else action
            return Permission(action, resource, _role(resource, action, reads, changes))
    return None


def _role(resource: str, action: str, reads: str, changes: str) -> str:
    if resource == "Assets" and action not in (_READ, "can_create"):
        return OP
    return reads if action == _READ else changes


def highest(roles: list[str]) -> str:
    """Return the role that is enough for all of these; empty for none."""
    return max(roles, key=ROLES.index, default="")
