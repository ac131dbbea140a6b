"""The environments."""

from __future__ import annotations

from airflowctl.commands.env import describe_protection
from airflowctl.core.command import command
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "env list",
    "List the environments, and show which one is in use.",
    about="Sends no request.",
    examples=("airflowctl env list",),
)
def list_environments(session: Session) -> Rows:
    known = (session.environments.get(name) for name in session.environments.names())
    rows = [
        {
            "name": environment.name,
            "in_use": environment.name == session.environment_name,
            "url": environment.url,
            "username": environment.username or None,
            "method": environment.method or None,
            "store": environment.store or None,
            "production": environment.is_production,
            **describe_protection(environment),
        }
        for environment in known
        if environment is not None
    ]
    empty = f"there are none yet: {suggest('auth', 'login', '--url', 'URL')}"
    columns = ("name", "in_use", "url", "username", "method", "store", "production", "read_only")
    return Rows(rows, columns, "name", optional={"production": False, "read_only": False}, empty=empty)
