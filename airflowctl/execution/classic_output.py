"""A command in classic mode: the same handler, and what the classic command prints of its result."""

from __future__ import annotations

import os
import sys

from airflowctl.core.errors import CliError, Declined, PluginMissing, UsageError
from airflowctl.core.options import AIRFLOW_2, CLASSIC_VARIABLE
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.core.parse import LineParser
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


# By default these print what the classic command prints.
ALIKE = frozenset(("config get-value", "dags state", "tasks state", "variables get"))
# What is printed after a no.
_CANCELLED = {"dags delete": "Cancelled", "dags pause": "Operation cancelled by user"}
_CANCELLED["dags unpause"] = _CANCELLED["dags pause"]
_CANCELLED_ELSE = "Cancelled, nothing was cleared."
_NAME = "airflow"  # of the classic command, which a link may give to this program
_TYPE, _PIPE = 0o170000, 0o010000  # of a file, by its mode


def note_difference(command: Command, state: LineParser, session: Session) -> None:
    """Note that a line prints other things than the classic command would, where it may be meant for that:
    it is run by its name, it has a word or an option that only that has, or what it prints goes into a
    pipe. A variable that is set at all has decided."""
    if session.variable(CLASSIC_VARIABLE) or command.line in ALIKE:
        return
    is_old = bool(state.replacement_hint) or any(
        param.unsupported for param in command.params if param.name in state.own_texts
    )
    is_piped = session.options.output is None and _is_pipe(session)
    if is_old or is_piped or os.path.basename(sys.argv[0]) == _NAME:
        session.output.note(
            f"{command.line} prints columns and words of airflowctl; --classic prints those of the classic"
            f" {_NAME} ({CLASSIC_VARIABLE}=0 ends this note)"
        )


def _is_pipe(session: Session) -> bool:
    try:
        return os.fstat(session.streams.stdout.fileno()).st_mode & _TYPE == _PIPE
    except (OSError, ValueError):  # it is no file of the system
        return False


def run_handler(command: Command, asks: bool, session: Session, values: Mapping[str, Any]) -> Result:
    """Return the result of a command as that of the classic command. `asks`: after the question that its
    declaration wants; that nothing is done is a result too. Raises CliError."""
    before = session.changes
    try:
        if asks:
            from airflowctl.session import consent

            consent.ask_before(command, values, session)
        return _run_view(command, session, values)
    except Declined as error:
        session.output.note(error.message)
        return Text(_CANCELLED.get(command.line, _CANCELLED_ELSE))
    except UsageError as error:
        # What only this program has, environments and commands that a server lacks, is as without this mode.
        if session.changes > before or session.environment is None or isinstance(error, PluginMissing):
            raise
        # 2 is the exit code of its parser, which has taken this line; whatever comes later is 1 there.
        raise CliError(error.message, error.hint) from None


def _run_view(command: Command, session: Session, values: Mapping[str, Any]) -> Result:
    def run(**changed: Any) -> Result:
        known = {name: value for name, value in changed.items() if name in values}
        return command.run(session, {**values, **known})

    # Named, not imported: this floor lies below that of what it calls, as with the classes of formats.
    module, _, name = command.classic.partition(":")
    function = getattr(__import__(f"airflowctl.domain.classic.{module}", fromlist=[name]), name)
    if session.variable(CLASSIC_VARIABLE).strip() == AIRFLOW_2:
        of_2 = __import__("airflowctl.domain.classic.airflow_2", fromlist=["view_of"])
        function = of_2.view_of(command.classic, function)
    result: Result = function(session, values, run)
    return result
