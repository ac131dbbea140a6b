"""The lines and results of a session as a Markdown file."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.converters import path
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "record",
    "Write the lines to come, and what they show, to a Markdown file: for the report of an incident.",
    arg("file", "The file.", convert=path, required=False, default=None)._replace(writes=True),
    flag("--off", help="End it."),
    flag("--force", help="Replace the file if there is one."),
    session_only=True,
    about="Each line with its time, its exit code and its error, and the last result that it showed; of a"
    " list at most 100 rows. Secrets are left out as far as name and shape can tell, as in save, and so are"
    " logs, watches and what auth prints. The file is for this user only.",
    examples=("airflowctl record incident.md", "airflowctl record --off"),
)
def record(session: Session, file: str | None, off: bool, force: bool) -> Text:
    from airflowctl.execution.session_record import SessionRecord

    memory = session.parts.memory
    if off == (file is not None):
        raise UsageError("record needs a file, or --off", "record incident.md")
    if file is None:
        before, memory.record = memory.record, None
        if not isinstance(before, SessionRecord):
            raise UsageError("nothing is recorded", "record FILE begins it")
        return Text(f"recorded in {before.path}")
    memory.record = SessionRecord(file, session, replaces=force)
    return Text(f"recording in {file}; record --off ends it")
