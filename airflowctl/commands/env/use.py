"""The environment in use."""

from __future__ import annotations

from airflowctl.commands.env import NAME, require_environment
from airflowctl.core.command import command
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "env use",
    "Use an environment for lines that name no other.",
    NAME,
    about="In the shell and in a batch the choice holds until they end, else it is permanent. --env and"
    " AIRFLOW_CLI_ENVIRONMENT take precedence.",
    examples=("airflowctl env use staging",),
)
def use(session: Session, name: str) -> Text:
    environment = require_environment(session, name)
    if session.is_lasting:
        session.select(environment)
    else:
        # One line of the system's shell has no session to change, so the choice outlives it.
        session.environments.write_default(name)
        session.parts.default_environment = name  # for the lines that follow in a file
    return Text(f"{name} is in use: {environment.url}", {"environment": name, "url": environment.url})
