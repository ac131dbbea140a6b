"""The changes of this home: a private file for an hour, and in memory what must not reach a disk."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airflowctl.core.errors import ConfigError
from airflowctl.storage.private_files import state_folder
from airflowctl.undo.entry import Entry, Item, from_json, to_json

_FILE = "undo.json"
LONGEST = 3600.0  # seconds that a change is kept
MOST = 100  # changes, and
MOST_ITEMS = 1000  # things of one change
_SKEW = 60.0  # seconds that a clock may be behind that of the change

Harmless = Callable[[Item, str], bool]
clock = time.time


class Journal:
    """The changes that were made from this home, by any of its processes."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = state_folder(environ)
        self._whole: dict[tuple[int, float], Entry] = {}  # what this process knows, secrets too

    def add(self, entry: Entry, is_harmless: Harmless) -> Entry:
        """Keep a change under a new number; on the disk only what is harmless. Raises ConfigError."""
        with self._update() as content:
            entry = entry._replace(number=content.next_number(), time=clock())
            # The file outlives the process, so values that may be secret stay in the memory of this one.
            content.entries.append(_without_secrets(entry, is_harmless))
        self._whole[entry.number, entry.time] = entry
        return entry

    def entries(self) -> list[Entry]:
        """Return the changes of the last hour, the newest first. Raises ConfigError."""
        return [self._with_secrets(entry) for entry in reversed(_fresh(self._read().entries))]

    def keep_only(self, taken_back: Entry, left: Collection[tuple[str, ...]]) -> None:
        """Leave only the things with these keys to be taken back; without any, remove the change."""

        def rest(entry: Entry) -> Entry:
            items = tuple(item for item in entry.items if item.key in left)
            return entry._replace(items=items) if entry.number == taken_back.number else entry

        with self._update() as content:
            numbers = {entry.number for entry in content.entries} - (set() if left else {taken_back.number})
            content.entries = [rest(entry) for entry in content.entries if entry.number in numbers]
        self._whole = {key: rest(entry) for key, entry in self._whole.items()}

    def _with_secrets(self, entry: Entry) -> Entry:
        # By time too: another process may have begun to count anew after the file was removed.
        return self._whole.get((entry.number, entry.time), entry)

    @contextmanager
    def _update(self) -> Iterator[_Content]:
        """Yield the changes on disk and write them back at the end, under the lock of the folder."""
        with self._folder.lock():
            try:
                content = self._read()
            except ConfigError:
                content = _Content(0, [])  # a damaged file must not keep a change from being noted
            yield content
            # With each change the old ones go: no process runs only to forget them.
            content.entries = _fresh(content.entries)[-MOST:]
            self._folder.write(content.text(), _FILE)
        self._whole = {key: entry for key, entry in self._whole.items() if _is_fresh(entry)}

    def _read(self) -> _Content:
        raw = self._folder.read(_FILE)
        if raw is None:
            return _Content(0, [])
        try:
            document = json.loads(raw)
            return _Content(int(document["last"]), [from_json(entry) for entry in document["entries"]])
        # The file is JSON of another version, or was written by hand: nothing of it is guessed.
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            raise ConfigError(
                f"{self._folder.path(_FILE)} is damaged", "remove it: only undo reads it"
            ) from None


class _Content:
    """The content of the file: the changes, the oldest first, and the number of the last one."""

    def __init__(self, last: int, entries: list[Entry]) -> None:
        self.last, self.entries = last, entries

    def next_number(self) -> int:
        self.last += 1
        return self.last

    def text(self) -> str:
        document: dict[str, Any] = {"last": self.last, "entries": [to_json(entry) for entry in self.entries]}
        return json.dumps(document, ensure_ascii=False)


def _fresh(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if _is_fresh(entry)]


def _is_fresh(entry: Entry) -> bool:
    # An hour is what docs/explanation/security.md promises; a clock that was set back must not hide a new
    # change.
    return -_SKEW <= clock() - entry.time <= LONGEST


def _without_secrets(entry: Entry, is_harmless: Harmless) -> Entry:
    items = []
    for item in entry.items:
        names = dict.fromkeys((*(item.before or ()), *(item.after or ())))
        held = tuple(name for name in names if not is_harmless(item, name))
        items.append(item._replace(before=_omit(item.before, held), after=_omit(item.after, held), held=held))
    return entry._replace(items=tuple(items))


def _omit(fields: dict[str, Any] | None, held: tuple[str, ...]) -> dict[str, Any] | None:
    return None if fields is None else {name: value for name, value in fields.items() if name not in held}
