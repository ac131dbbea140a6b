"""The lines and results of a session as a Markdown file."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.converters import path
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


def record_file(text: str) -> str:
    """Return the whole path of a file, which is not called by the word that users type for --off."""
    if text == "off":
        raise ValueError("--off ends a recording; ./off is a file of this name")
    return path(text)


@command(
    "record",
    "Record the lines that follow, with their results, in a Markdown file: for the report of an incident.",
    arg("file", "The file.", convert=record_file, complete="path", required=False, default=None)._replace(
        writes=True
    ),
    flag("--off", help="Stop the recording."),
    flag("--force", help="Replace the file if it exists."),
    session_only=True,
    about="Each line is recorded with its time, exit code, error and last result; of a list, at most 100"
    " rows. Secrets are left out as far as their name and form can be recognised, as in `save`; so"
    " are logs, watches and the output of `auth`. Only this user can read the file.",
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
    if isinstance(memory.record, SessionRecord):
        raise UsageError(f"{memory.record.path} is being recorded", "end it first: record --off")
    memory.record = SessionRecord(file, session, replaces=force)
    return Text(f"recording in {file}; record --off ends it")
