"""A command in classic mode: the same handler, and what the classic command prints of its result."""

from __future__ import annotations

import os
import sys

from airflowctl.core.options import AIRFLOW_2, CLASSIC_VARIABLE
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


def run_handler(command: Command, session: Session, values: Mapping[str, Any]) -> Result:
    """Return the result of a command as that of the classic command. Raises CliError."""

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
