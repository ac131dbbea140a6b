"""A command in classic mode: the same handler, and what the classic command prints of its result."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


def run_handler(command: Command, values: dict[str, Any], session: Session) -> Result:
    """Return the result of a command, in classic mode as that of the classic command. Raises CliError."""
    if not (session.options.classic and command.classic):
        return command.run(session, values)

    def run(**changed: Any) -> Result:
        known = {name: value for name, value in changed.items() if name in values}
        return command.run(session, {**values, **known})

    # Named, not imported: this floor lies below that of what it calls, as with the classes of formats.
    module, _, name = command.classic.partition(":")
    function = getattr(__import__(f"airflowctl.domain.classic.{module}", fromlist=[name]), name)
    result: Result = function(session, values, run)
    return result
