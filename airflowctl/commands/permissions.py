"""Permissions that a role may have, where the server keeps roles itself (FAB auth manager)."""

from __future__ import annotations

from airflowctl.commands import _fab
from airflowctl.core.command import command
from airflowctl.core.result import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session import Session


@command(
    "permissions list",
    "List every permission: an action on a resource.",
    examples=("airflowctl permissions list",),
)
def list_permissions(session: Session) -> Rows:
    rows = (
        {"action": item["action"]["name"], "resource": item["resource"]["name"]}
        for item in _fab.every(session, "permissions", "id")
    )
    return Rows(rows, ("action", "resource"), "action")
