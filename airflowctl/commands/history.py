"""The lines typed so far."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session

NEWEST = 20


@command(
    "history",
    "Show the lines typed so far, the newest last.",
    arg("what", "How many lines, or a text that they contain.", default=None, metavar="N|TEXT"),
    flag("--merge", help="Also load the lines that other shells have added since, so that Up finds them."),
    session_only=True,
    about=f"By default the newest {NEWEST}. Lines with a secret, and lines that begin with a space, are not"
    " kept; in a file of commands, only the command of a line with a secret is shown.",
    examples=("airflowctl history 50", "airflowctl history trigger", "airflowctl history --merge"),
)
def history(session: Session, what: str | None, merge: bool) -> Rows:
    from airflowctl.execution.private_lines import public_text

    if merge:
        session.parts.memory.merge()
    typed = list(enumerate(session.parts.memory.typed(), start=1))
    if what is not None and not what.isdecimal():
        typed = [(number, line) for number, line in typed if what.casefold() in line.casefold()]
    else:
        typed = typed[-(int(what) if what else NEWEST) :]
    rows = [{"number": number, "line": public_text(line, session.lookup)} for number, line in typed]
    return Rows(rows, ("number", "line"), "line", empty="no line yet" if what is None else "no such line")
