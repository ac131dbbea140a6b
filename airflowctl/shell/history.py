"""What the shell remembers of the lines typed, for each environment: never a line that is private."""

from __future__ import annotations

import os
from contextlib import suppress

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from airflowctl.core.environment import DEFAULT_ENVIRONMENT, is_name
from airflowctl.core.errors import CliError, ConfigError
from airflowctl.files import state_folder, write_private
from airflowctl.secrecy import is_private
from airflowctl.session import Session


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
    """The history on disk, for this user only; in memory, with a note, where that cannot be."""
    is_default = environment == DEFAULT_ENVIRONMENT or not is_name(environment)
    file = "history" if is_default else f"history-{environment}"
    path = os.path.join(state_folder(session.streams.environ), file)
    try:
        if not os.path.exists(path):
            write_private(path, "")
        with open(path, "ab"):
            pass
        return _FileHistory(path, session)
    except (ConfigError, OSError):
        session.output.note(f"the history is not kept: {path} cannot be written")
        return _MemoryHistory(session)


class _FileHistory(FileHistory):
    def __init__(self, path: str, session: Session) -> None:
        self._session = session
        super().__init__(path)

    def append_string(self, string: str) -> None:
        if not is_private(string, self._session.lookup):
            super().append_string(string)

    def load_history_strings(self) -> list[str]:
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        with suppress(OSError):  # a disk that is full now must not end the shell
            super().store_string(string)


class _MemoryHistory(InMemoryHistory):
    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__()

    def append_string(self, string: str) -> None:
        if not is_private(string, self._session.lookup):
            super().append_string(string)
