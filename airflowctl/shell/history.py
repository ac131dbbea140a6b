"""What the shell remembers of the lines typed: never one with a secret, or one that begins with a space."""

from __future__ import annotations

import os
from contextlib import suppress

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from airflowctl import registry
from airflowctl.core.command import sounds_secret
from airflowctl.core.errors import ConfigError
from airflowctl.core.parse import walk
from airflowctl.files import state_folder, write_private
from airflowctl.session import Session
from completers.quote import lines, split


def history(session: Session) -> History:
    """The history on disk, for this user only; in memory, with a note, where that cannot be."""
    path = os.path.join(state_folder(session.streams.environ), "history")
    try:
        if not os.path.exists(path):
            write_private(path, "")
        with open(path, "ab"):
            pass
        return _FileHistory(path)
    except (ConfigError, OSError):
        session.output.note(f"the history is not kept: {path} cannot be written")
        return _MemoryHistory()


def is_private(line: str) -> bool:
    """Whether a line must not be kept: also one with a slip in it, if it may have been about a secret."""
    if line.startswith(" "):
        return True
    return any(_may_hold_secret([word.text for word in split(one).words]) for one in lines(line))


def _may_hold_secret(tokens: list[str]) -> bool:
    if any(map(_looks_secret, tokens)):
        return True
    state = walk(tokens, registry)
    if state.problem is None:
        fields = state.command is not None and any(
            param.secret and param.many for param in state.command.params
        )
        return bool(state.secrets()) or (fields and any(map(sounds_secret, tokens)))
    takes_secret = state.command is not None and any(param.secret for param in state.command.params)
    return takes_secret or any(map(sounds_secret, tokens))


def _looks_secret(token: str) -> bool:
    """JSON with a word for a secret in it, or an address with a password."""
    is_address = "://" in token and "@" in token
    return is_address or (token[:1] in ("{", "[") and sounds_secret(token))


class _FileHistory(FileHistory):
    def append_string(self, string: str) -> None:
        if not is_private(string):
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
    def append_string(self, string: str) -> None:
        if not is_private(string):
            super().append_string(string)
