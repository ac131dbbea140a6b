"""The permissions of commands are those that the FAB auth manager's own roles have."""

from __future__ import annotations

import pytest

from airflowctl.domain.migration.permissions import ROLES, highest, permission_of
from airflowctl.session import registry

# VIEWER_PERMISSIONS and the others of airflow/providers/fab/auth_manager/security_manager/override.py, as
# installed with Airflow 3.3.2; each role has those of the roles before it too.
OF_ROLES = {
    "Viewer": {
        "can_read": "DAGs, DAG Code, DAG Runs, DAG Versions, DAG Warnings, Assets, Backfills, Pools,"
        " ImportError, Jobs, Task Instances, Task Logs, XComs",
    },
    "User": {
        "can_create": "Task Instances, DAG Runs, Assets",
        "can_edit": "DAGs, Task Instances, DAG Runs",
        "can_delete": "DAGs, Task Instances, DAG Runs",
    },
    "Op": {
        "can_read": "Configurations, Connections, Plugins, Providers, Variables",
        "can_create": "Connections, Pools, Variables, XComs, Backfills",
        "can_edit": "Connections, Pools, Variables, XComs, Backfills, Assets",
        "can_delete": "Connections, Pools, Variables, XComs, Backfills, Assets",
    },
    "Admin": {"can_read": "Audit Logs"},
}
KNOWN = {
    (action, resource): role
    for role, actions in OF_ROLES.items()
    for action, resources in actions.items()
    for resource in resources.split(", ")
}


def test_each_permission_is_one_of_the_role_that_is_named() -> None:
    wrong = []
    for command in registry.all_commands():
        permission = permission_of(command)
        if permission is not None and permission.resource not in ("Users", "Roles"):
            role = KNOWN.get((permission.action, permission.resource))
            if role != permission.role:
                wrong.append(f"{command.line}: {permission}, there {role}")
    assert not wrong


@pytest.mark.parametrize(
    ("line", "permission"),
    [
        ("dags trigger", "User (can_create on DAG Runs)"),
        ("tasks clear", "User (can_edit on Task Instances)"),
        ("variables get", "Op (can_read on Variables)"),
        ("users create", "Admin (can_create on Users)"),
        ("assets materialize", "User (can_create on Assets)"),
        ("version", "None"),
    ],
)
def test_a_command_needs(line: str, permission: str) -> None:
    command = registry.command(tuple(line.split()))
    assert command is not None and str(permission_of(command)) == permission


def test_the_role_that_is_enough_for_all() -> None:
    assert highest(["Viewer", "Op", "User"]) == "Op" and highest([]) == "" and ROLES[-1] == "Admin"
