"""Run a file of commands from within a session."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.file_params import location

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "source",
    "Run the commands in a file.",
    arg("file", "The file; '-' is standard input.", complete="path", convert=location),
    flag("--keep-going", help="Continue after a command that failed."),
    flag("--echo", help="Show each line on stderr before its result."),
    about="Nothing is sent if any line of the file is wrong.",
    examples=("airflowctl source nightly.txt",),
)
def source(session: Session, file: str, keep_going: bool, echo: bool) -> Ran:
    from airflowctl.core.rich_results import Ran

    return Ran(session.console.run_file(file, keep_going=keep_going, echo=echo))
