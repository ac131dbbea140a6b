"""The lines of a session as a file of commands."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.converters import path
from airflowctl.core.errors import CliError, UsageError
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
)


@command(
    "save",
    "Write the lines that worked in this session to a file, to be run with source or --file.",
    arg("file", "The file.", convert=path)._replace(writes=True),
    flag("--force", help="Replace the file if there is one."),
    session_only=True,
    about="Left out are lines that failed, those with a secret in them, those that begin with a space, and"
    " those that are about this session only, such as auth login, set and help; and watch, which never ends.",
    examples=("airflowctl save nightly.txt",),
)
def save(session: Session, file: str, force: bool) -> Text:
    from airflowctl.core.parse import parse_tokens
    from airflowctl.execution.private_lines import is_private

    lookup, left_out = session.lookup, [(word,) for word in _LEFT_OUT]
    done = [text for text in session.parts.memory.successful() if not is_private(text, lookup)]
    lines = [text for text in done if parse_tokens(_first_word(text), lookup).words[:1] not in left_out]
    if not lines:
        raise UsageError("there are no lines to save yet")
    _write(file, "".join(f"{line}\n" for line in lines), force)
    return Text(f"saved {format_count(len(lines), 'line')} to {file}", {"saved": file, "lines": lines})


def _first_word(text: str) -> list[str]:
    words = text.split()[:1]
    return ["cd"] if words == ["!cd"] else words


def _write(file: str, text: str, force: bool) -> None:
    """For this user only, and whole; never over another file unless that is meant."""
    from airflowctl.storage.private_files import open_new_private, replace_file

    try:
        if force:
            replace_file(file, text)
            return
        with open(file, "x", encoding="utf-8", opener=open_new_private) as target:
            target.write(text)
    except FileExistsError:
        raise UsageError(f"{file} is there already", "give --force to replace it") from None
    except OSError as error:
        raise CliError(f"cannot write {file}: {error.strerror}", "name another file") from None
