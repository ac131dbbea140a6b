"""What the shell remembers of the lines typed, for each environment: never a line that is private; and what
begins with no command only while the shell is open."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from sys import intern
from typing import NamedTuple

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import History, InMemoryHistory

from airflowctl.core.environment import DEFAULT_ENVIRONMENT, is_name
from airflowctl.core.errors import CliError, ConfigError
from airflowctl.execution.private_lines import is_line, is_private, may_delete
from airflowctl.session.command_lookup import CommandLookup
from airflowctl.session.session import Session
from airflowctl.storage.private_files import PrivateFolder, state_folder

# The first line of a file whose lines were all judged as they are now; an older file is judged once more.
_JUDGED = "# history 2\n"
_FILE = "history"
_CODE = "#= "  # before the exit code of the text above
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT


class Record(NamedTuple):
    """A text that was typed: when, as ISO in local time, with which exit code (None: not known), and
    where."""

    text: str
    time: str
    code: int | None
    environment: str


class Histories:
    """The history of the environment in use; each is opened when it is first wanted. `codes` are the last
    exit
    codes of texts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._opened: dict[str, History] = {}
        self.codes: dict[str, int] = {}

    def merge(self) -> None:
        """Read the file of the environment in use again: other shells have written to it."""
        if isinstance(self.current, _FileHistory):
            self.current.reload()

    def note_code(self, text: str, code: int) -> None:
        """Remember how a line ended; on disk, if the line is there."""
        self.codes[text] = code
        if isinstance(self.current, _FileHistory):
            self.current.store_code(text, code)

    def records(self) -> list[Record]:
        """Return what was typed in all environments, by this shell and by those that run beside it, the
        newest
        first; of a text that came again only the last time."""
        folder, records = state_folder(self._session.streams.environ), list[Record]()
        with suppress(CliError):
            for name in folder.list():
                if name == _FILE or name.startswith(f"{_FILE}-"):
                    environment = name[len(_FILE) + 1 :] or DEFAULT_ENVIRONMENT
                    content = (folder.read(name) or b"").decode("utf-8", "replace")
                    records += _records(content if content.startswith(_JUDGED) else "", environment)
        unkept = {record.text for record in records}
        own = [text for text in self.current.get_strings() if text not in unkept]
        records.sort(key=lambda record: record.time)
        records += [Record(text, "", self.codes.get(text), "") for text in own]
        return list({record.text: record for record in records}.values())[::-1]

    @property
    def current(self) -> History:
        try:
            name = self._session.environment_name
        except CliError:  # told wherever it matters more
            name = DEFAULT_ENVIRONMENT
        if name not in self._opened:
            self._opened[name] = history(self._session, name, self.codes)
        return self._opened[name]


def history(
    session: Session, environment: str = DEFAULT_ENVIRONMENT, codes: dict[str, int] | None = None
) -> History:
    """Return the history on disk, for this user only; in memory, with a note, where that cannot be. `codes`
    gets the exit codes that it has of its texts."""
    is_default = environment == DEFAULT_ENVIRONMENT or not is_name(environment)
    name = _FILE if is_default else f"{_FILE}-{environment}"
    folder = state_folder(session.streams.environ)
    try:
        os.close(folder.open(_APPEND, name))
    except OSError:
        session.output.note(f"the history is not kept: {folder.path(name)} cannot be written")
    except ConfigError as error:
        session.output.note(f"the history is not kept: {error.message} ({error.hint})")
    else:
        return _FileHistory(folder, name, session, {} if codes is None else codes)
    return _MemoryHistory(session)


class Suggestions(AutoSuggest):
    """The ends of earlier lines: never of what begins with no command, which may be a password, of one that
    failed when it was typed last, or of one that deletes: two keys would be a lost variable."""

    def __init__(self, lookup: CommandLookup, codes: Mapping[str, int]) -> None:
        self._lookup, self._codes = lookup, codes
        self._harmless: dict[str, bool] = {}

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        begun = document.text.rpartition("\n")[2]
        if not begun.strip():
            return None
        for text in reversed(buffer.history.get_strings()):
            for line in reversed(text.splitlines()):
                if line.startswith(begun) and not self._codes.get(text) and self._is_harmless(line):
                    return Suggestion(line[len(begun) :])
        return None

    def _is_harmless(self, line: str) -> bool:
        if line not in self._harmless:
            self._harmless[line] = is_line(line, self._lookup) and not may_delete(line, self._lookup)
        return self._harmless[line]


class _FileHistory(History):
    """A file as prompt_toolkit's FileHistory writes it: after a line with the time each line of the text,
    with a + before it. That class follows links."""

    def __init__(self, folder: PrivateFolder, name: str, session: Session, codes: dict[str, int]) -> None:
        self._folder, self._name, self._session, self._codes = folder, name, session, codes
        self._stored = ""
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
        records = list(_records(content, ""))
        # A line that failed in an earlier shell is not suggested in this one.
        codes = {record.text: record.code for record in records}
        self._codes.update({text: code for text, code in codes.items() if code is not None})
        return [record.text for record in records][::-1]

    def reload(self) -> None:
        """Add what others have stored since, in its order; a text of ours that is in no file stays before the
        one that was typed before it."""
        own, strings = self._loaded_strings, self.load_history_strings()
        stored = frozenset(strings)
        for index in reversed(range(len(own))):
            if own[index] not in stored:
                older = own[index + 1 : index + 2]
                strings.insert(strings.index(older[0]) if older else len(strings), own[index])
        self._loaded_strings, self._loaded = strings, True

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
        self._stored = string
        self._append(_entry(f"# {datetime.now()}", string))

    def store_code(self, text: str, code: int) -> None:
        """Write how the line ended that was stored last."""
        if text == self._stored:
            self._append(f"{_CODE}{code}\n")

    def _append(self, entry: str) -> None:
        # A disk that is full now, or a link since the start, must not end the shell.
        with suppress(OSError, CliError), open(self._folder.open(_APPEND, self._name), "ab") as file:
            file.write(entry.encode("utf-8", "replace"))


def _entry(comment: str, text: str) -> str:
    return f"\n{comment}\n" + "".join(f"+{line}\n" for line in text.split("\n"))


def _entries(content: str, with_codes: bool = False) -> list[tuple[str, str]]:
    """Return each text with the comment above it, oldest first; an exit code is a comment without a text."""
    entries: list[tuple[str, list[str]]] = [("", [])]
    for line in content.split("\n"):
        if line.startswith("+"):
            entries[-1][1].append(line[1:])
        elif line.startswith("#") or entries[-1][1]:
            entries.append((line, []))
    return [
        (comment, "\n".join(lines))
        for comment, lines in entries
        if lines or (with_codes and comment.startswith(_CODE))
    ]


def _records(content: str, environment: str) -> Iterator[Record]:
    """Yield what a file holds, oldest first."""
    record: Record | None = None
    for comment, text in _entries(content, with_codes=True):
        if comment.startswith(_CODE):
            code = comment.removeprefix(_CODE)
            record = record and record._replace(code=int(code) if code.isdecimal() else None)
        else:
            yield from [record] if record else []
            record = Record(text, comment.removeprefix("# "), None, environment)
    yield from [record] if record else []


class _MemoryHistory(InMemoryHistory):
    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__()

    def append_string(self, string: str) -> None:
        if not is_private(string, self._session.lookup):
            super().append_string(intern(string))  # a line that comes again costs no memory
