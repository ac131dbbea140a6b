"""Save the lines of a session as a file of commands."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.converters import path
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count

if TYPE_CHECKING:
    from airflowctl.session.session import Session

# What is about the person at the prompt and not about the server; a login would ask for a password.
_LEFT_OUT = (
    "save",
    "watch",
    "auth",
    "set",
    "history",
    "help",
    "tour",
    "last",
    "exit",
    "quit",
    "refresh",
    "cd",
    "record",
    "pick",
    "fg",
    "kill",
)


@command(
    "save",
    "Write the lines that worked in this session to a file, to be run with source or --file.",
    arg("file", "The file.", convert=path)._replace(writes=True),
    flag("--force", help="Replace the file if it exists."),
    session_only=True,
    about="For $1, etl_* and the address of a page, the names that they stood for are written. Lines are"
    " left out if they failed, contain a secret, begin with a space or concern only this session,"
    " such as auth login, set and help; so is watch, which never ends.",
    examples=("airflowctl save nightly.txt",),
)
def save(session: Session, file: str, force: bool) -> Text:
    from airflowctl.core.parse import parse_tokens
    from airflowctl.execution.private_lines import is_private
    from airflowctl.storage.new_file import write_new_file

    lookup, left_out = session.lookup, [(word,) for word in _LEFT_OUT]
    safe_lines = [text for text in session.parts.memory.successful() if not is_private(text, lookup)]
    lines = [text for text in safe_lines if parse_tokens(_first_word(text), lookup).words[:1] not in left_out]
    lines = _drop_idle([_for_batch(text) for text in lines if not _is_for_a_user(text)])
    if not lines:
        raise UsageError("there are no lines to save yet")
    write_new_file(file, "".join(f"{line}\n" for line in lines), replaces=force)
    return Text(f"saved {format_count(len(lines), 'line')} to {file}", {"saved": file, "lines": lines})


def _first_word(text: str) -> list[str]:
    words = text.split()[:1]
    return ["cd"] if words == ["!cd"] else words


def _is_for_a_user(text: str) -> bool:
    """Return whether a line chooses rows, for which a file of commands has no user, or shows the lines in the
    background."""
    from airflowctl.execution.pipeline import parse_commands

    commands = parse_commands(text)
    is_list = any(command.tokens == ("jobs",) for command in commands)
    return is_list or any(stage.tokens[0] == "pick" for command in commands for stage in command.stages)


def _for_batch(text: str) -> str:
    """Return a line as a batch takes it, in which several commands do not run in the background together."""
    from airflowctl.execution.pipeline import parse_commands

    commands = parse_commands(text)
    is_many = len(commands) > 1 and commands[0].is_background
    return text.rstrip().removesuffix("&").rstrip() if is_many else text


def _drop_idle(lines: list[str]) -> list[str]:
    """Return the lines without those that put a name in use for no line after them, and bare `use`."""
    lines = [text for text in lines if text.strip() != "use"]
    while lines and lines[-1].split()[0] in ("use", ".."):
        lines.pop()
    return lines
