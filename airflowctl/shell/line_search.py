"""Lists to choose a line from: earlier lines (Ctrl-R, Up), or these with commands and names (Ctrl-P, F2).
What is typed narrows them, in any case and with letters left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import (
    Condition,
    completion_is_selected,
    emacs_insert_mode,
    has_completions,
    has_focus,
    vi_insert_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from airflowctl.core.durations import ago
from airflowctl.core.errors import CliError
from airflowctl.session import registry
from airflowctl.session.session import Session
from airflowctl.shell.history import Histories, Record
from completers.letters import visible
from completers.match import Folded, find_best, fold_names
from completers.tokenizer import quote_word

_MOST = 100  # rows of a list: more than anybody scrolls through
_LONGEST = 60  # letters of a line in it


class Row(NamedTuple):
    """What is put in, and what the list shows of it."""

    text: str
    shown: str
    note: str


class LineSearch(Completer):
    """A completer of words, `words`, that offers whole lines while a search is on."""

    def __init__(self, words: Completer, session: Session, histories: Histories) -> None:
        self._words, self._session, self._histories = words, session, histories
        self._rows: list[Row] = []
        self._folded = Folded()
        self._start, self._before = 0, Document()
        self.is_on = self.is_by_up = False  # the list was opened by Up, which continues to older lines
        self.offers_words = True

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        if self.is_on and document.text[:-1] in (row.text for row in self._rows):
            self.end()  # a line was chosen, and is typed on
        if self.is_on:
            return self._completions(document)
        return self._words.get_completions(document, complete_event) if self.offers_words else ()

    def _completions(self, document: Document) -> Iterator[Completion]:
        wanted = document.text[self._start : document.cursor_position]
        for _, index in find_best(wanted.strip(), (self._folded,), _MOST):
            row = self._rows[index]
            yield Completion(row.text, self._start - document.cursor_position, row.shown, row.note)

    def open(self, buffer: Buffer, rows: list[Row], start: int = 0) -> bool:
        """Open a list in which what stands from `start` on is looked for; return whether there is a row."""
        self._rows, self._start, self._before = rows, start, buffer.document
        self._folded = fold_names(row.shown for row in rows)
        self.is_on = True
        return self._fill(buffer)

    def _fill(self, buffer: Buffer) -> bool:
        completions = list(self._completions(buffer.document))
        buffer.complete_state = CompletionState(buffer.document, completions) if completions else None
        return bool(completions)

    def end(self) -> None:
        """What is typed is completed word by word again."""
        self.is_on = self.is_by_up = False

    def leave(self, buffer: Buffer) -> None:
        """End the search with what was there before it."""
        buffer.complete_state = None
        buffer.document = self._before
        self.end()

    def erase(self, buffer: Buffer) -> None:
        """Take a letter of what is looked for away."""
        if buffer.cursor_position > self._start:
            buffer.delete_before_cursor()
        self._fill(buffer)

    def earlier_lines(self) -> list[Row]:
        """Return the lines of all environments, the newest first, those that failed last."""
        now = datetime.now(UTC)
        records = sorted(self._histories.records(), key=lambda record: bool(record.code))
        return [Row(record.text, _shorten(record.text), _note(record, now)) for record in records]

    def everything(self, start: int) -> list[Row]:
        """Return the commands and the names that are known; at a line's beginning the earlier lines, too."""
        rows = [] if start else [Row(f"{c.line} ", c.line, c.summary) for c in registry.all_commands()]
        with suppress(CliError):
            if self._session.environment is not None:
                for kind, name in self._session.server.names.known():
                    command = "" if start else _command_for(kind)
                    note = f"{kind} {name.note}".strip()
                    rows.append(Row(f"{command}{quote_word(name.text)} ", visible(name.text), note))
        return rows if start else rows + self.earlier_lines()


def _command_for(kind: str) -> str:
    """Return the command that shows one thing of a kind, with a space behind it; empty where there is
    none."""
    listing = registry.listing(kind)
    words = (listing.words[0], "get") if listing else ()
    return f"{' '.join(words)} " if words and registry.has_command(words) else ""


def _shorten(text: str) -> str:
    line = visible(text.replace("\n", " ⏎ "))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _note(record: Record, now: datetime) -> str:
    age = ""
    with suppress(ValueError):
        age = ago(datetime.fromisoformat(record.time).astimezone(UTC).isoformat(), now) if record.time else ""
    code = f"exit {record.code}" if record.code else ""
    return ", ".join(filter(None, (age, code, record.environment)))


def search_keys(search: LineSearch) -> KeyBindings:
    """Return Ctrl-R, Up, Ctrl-P and F2, and the keys of an open list."""
    keys = KeyBindings()
    is_on = Condition(lambda: search.is_on)
    is_line = has_focus(DEFAULT_BUFFER)
    types = emacs_insert_mode | vi_insert_mode

    @keys.add("c-r", filter=is_line & types & ~is_on)
    def earlier(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        buffer.cursor_position = len(buffer.text)
        search.open(buffer, search.earlier_lines())

    @keys.add("f2", filter=is_line & types & ~is_on)
    @keys.add("c-p", filter=is_line & emacs_insert_mode & ~is_on)
    def everything(event: KeyPressEvent) -> None:
        start = event.current_buffer.cursor_position
        search.open(event.current_buffer, search.everything(start), start)

    @keys.add("up", filter=is_line & types & ~is_on & ~completion_is_selected & _is_typed)
    def earlier_of_these(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        buffer.cancel_completion()
        buffer.cursor_position = len(buffer.text)
        if search.open(buffer, search.earlier_lines()):
            search.is_by_up = True
            buffer.go_to_completion(0)
        else:
            search.end()
            buffer.auto_up()

    _bind_open_list(keys, search, is_on)
    return keys


def _bind_open_list(keys: KeyBindings, search: LineSearch, is_on: Condition) -> None:
    is_by_up = Condition(lambda: search.is_by_up)

    @keys.add("down", filter=is_by_up & has_completions)
    def newer(event: KeyPressEvent) -> None:
        event.current_buffer.complete_previous()

    @keys.add("up", filter=is_by_up & has_completions)
    @keys.add("c-r", filter=is_on & has_completions)
    def another(event: KeyPressEvent) -> None:
        event.current_buffer.complete_next()

    @keys.add("enter", filter=is_on & ~completion_is_selected)
    def take_first(event: KeyPressEvent) -> None:
        state = event.current_buffer.complete_state
        if state is not None and state.completions:
            event.current_buffer.go_to_completion(0)
        event.current_buffer.complete_state = None
        search.end()

    @keys.add("escape", filter=is_on, eager=True)
    @keys.add("c-g", filter=is_on)
    def leave(event: KeyPressEvent) -> None:
        search.leave(event.current_buffer)

    @keys.add("backspace", filter=is_on)
    def erase(event: KeyPressEvent) -> None:
        search.erase(event.current_buffer)


@Condition
def _is_typed() -> bool:
    """Return whether the line was typed, and did not come by Up: then Up continues to earlier ones."""
    buffer = get_app().current_buffer
    is_earlier = buffer.text in buffer.history.get_strings()
    return bool(buffer.text.strip()) and "\n" not in buffer.text and not is_earlier
