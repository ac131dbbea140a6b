"""What is known of an environment."""

from __future__ import annotations

from airflowctl.commands.env import describe_headers, describe_ways, require_environment
from airflowctl.core.command import arg, command
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "env show",
    "Show the settings of an environment.",
    arg("name", "The environment; the one in use if not given.", default=None, complete="environment"),
    examples=("airflowctl env show staging",),
)
def show(session: Session, name: str | None) -> Record:
    environment = require_environment(session, session.environment_name if name is None else name)
    facts = {
        "name": environment.name,
        "url": environment.url,
        "username": environment.username,
        "method": environment.method,
        "store": environment.store,
        "command": list(environment.command),
        "max_session_hours": environment.max_session,
        **dict(environment.settings),
        **describe_ways(environment),
        **describe_headers(environment),
        "production": environment.is_production,
        "read_only": environment.read_only,
        "file": session.environments.path(environment.name),
    }
    return Record({name: value for name, value in facts.items() if value}, "name")
