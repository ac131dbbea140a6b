"""Permissions that roles can have; only with the FAB auth manager."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "permissions list",
    "List every permission: an action on a resource.",
    examples=("airflowctl permissions list",),
)
def list_permissions(session: Session) -> Rows:
    rows = (
        {"action": item["action"]["name"], "resource": item["resource"]["name"]}
        for item in fab_api.every(session, "permissions", "id")
    )
    return Rows(rows, ("action", "resource"), "action")
