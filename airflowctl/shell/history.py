"""What the shell remembers of the lines typed, for each environment: never a line that is private; and what
begins with no command only while the shell is open."""

from __future__ import annotations

import os
from contextlib import suppress
from sys import intern

from prompt_toolkit.auto_suggest import AutoSuggestFromHistory, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import History, InMemoryHistory

from airflowctl.core.environment import DEFAULT_ENVIRONMENT, is_name
from airflowctl.core.errors import CliError, ConfigError
from airflowctl.execution.private_lines import is_line, is_private
from airflowctl.session.command_lookup import CommandLookup
from airflowctl.session.session import Session
from airflowctl.storage.private_files import PrivateFolder, state_folder

# The first line of a file whose lines were all judged as they are now; an older file is judged once more.
_JUDGED = "# history 2\n"
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT


class Histories:
    """The history of the environment in use; each is opened when it is first wanted."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._opened: dict[str, History] = {}

    @property
    def current(self) -> History:
        try:
            name = self._session.environment_name
        except CliError:  # told wherever it matters more
            name = DEFAULT_ENVIRONMENT
        if name not in self._opened:
            self._opened[name] = history(self._session, name)
        return self._opened[name]


def history(session: Session, environment: str = DEFAULT_ENVIRONMENT) -> History:
    """Return the history on disk, for this user only; in memory, with a note, where that cannot be."""
    is_default = environment == DEFAULT_ENVIRONMENT or not is_name(environment)
    name = "history" if is_default else f"history-{environment}"
    folder = state_folder(session.streams.environ)
    try:
        os.close(folder.open(_APPEND, name))
    except OSError:
        session.output.note(f"the history is not kept: {folder.path(name)} cannot be written")
    except ConfigError as error:
        session.output.note(f"the history is not kept: {error.message} ({error.hint})")
    else:
        return _FileHistory(folder, name, session)
    return _MemoryHistory(session)


class Suggestions(AutoSuggestFromHistory):
    """The ends of earlier lines: never of what begins with no command, which may be a password."""

    def __init__(self, lookup: CommandLookup) -> None:
        self._lookup = lookup

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        suggestion = super().get_suggestion(buffer, document)
        is_shown = suggestion is not None and is_line(document.text + suggestion.text, self._lookup)
        return suggestion if is_shown else None


class _FileHistory(History):
    """A file as prompt_toolkit's FileHistory writes it: after a line with the time each line of the text,
    with a + before it. That class follows links."""

    def __init__(self, folder: PrivateFolder, name: str, session: Session) -> None:
        self._folder, self._name, self._session = folder, name, session
        super().__init__()

    def append_string(self, string: str) -> None:
        if not is_private(string, self._session.lookup):
            super().append_string(intern(string))  # a line that comes again costs no memory

    def load_history_strings(self) -> list[str]:
        """Return the newest first."""
        try:
            content = (self._folder.read(self._name) or b"").decode("utf-8", "replace")
            # What counts as private has grown: a password that an older version kept must not be offered
            # again.
            if not content.startswith(_JUDGED):
                content = self._drop_private(content)
        except CliError:
            return []
        return [text for _, text in _entries(content)][::-1]

    def _drop_private(self, content: str) -> str:
        """Take out of the file what earlier versions kept and this one would not; return what stays."""
        lookup = self._session.lookup
        judged = _JUDGED + "".join(
            _entry(comment, text)
            for comment, text in _entries(content)
            if is_line(text, lookup) and not is_private(text, lookup)
        )
        with suppress(OSError, CliError):
            self._folder.write(judged, self._name)
        return judged

    def store_string(self, string: str) -> None:
        from datetime import datetime

        if not is_line(string, self._session.lookup):
            return
        entry = _entry(f"# {datetime.now()}", string)
        # A disk that is full now, or a link since the start, must not end the shell.
        with suppress(OSError, CliError), open(self._folder.open(_APPEND, self._name), "ab") as file:
            file.write(entry.encode("utf-8", "replace"))


def _entry(comment: str, text: str) -> str:
    return f"\n{comment}\n" + "".join(f"+{line}\n" for line in text.split("\n"))


def _entries(content: str) -> list[tuple[str, str]]:
    """Return each text with the comment above it, oldest first."""
    entries: list[tuple[str, list[str]]] = [("", [])]
    for line in content.split("\n"):
        if line.startswith("+"):
            entries[-1][1].append(line[1:])
        elif line.startswith("#") or entries[-1][1]:
            entries.append((line, []))
    return [(comment, "\n".join(lines)) for comment, lines in entries if lines]


class _MemoryHistory(InMemoryHistory):
    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__()

    def append_string(self, string: str) -> None:
        if not is_private(string, self._session.lookup):
            super().append_string(intern(string))  # a line that comes again costs no memory
