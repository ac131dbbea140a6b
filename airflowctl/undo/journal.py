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
        """Keep a change under a number of its own; on the disk only what is harmless. Raises ConfigError."""
        with self._changed() as kept:
            entry = entry._replace(number=kept.next_number(), time=clock())
            kept.entries.append(_without_secrets(entry, is_harmless))
        self._whole[entry.number, entry.time] = entry
        return entry

    def entries(self) -> list[Entry]:
        """Those of the last hour, the newest first. Raises ConfigError."""
        return [self._known(entry) for entry in reversed(_fresh(self._read().entries))]

    def keep_only(self, taken_back: Entry, left: Collection[tuple[str, ...]]) -> None:
        """Of a change, leave only the things with these keys to be taken back; without any, it is gone."""

        def rest(entry: Entry) -> Entry:
            items = tuple(item for item in entry.items if item.key in left)
            return entry._replace(items=items) if entry.number == taken_back.number else entry

        with self._changed() as kept:
            numbers = {entry.number for entry in kept.entries} - (set() if left else {taken_back.number})
            kept.entries = [rest(entry) for entry in kept.entries if entry.number in numbers]
        self._whole = {key: rest(entry) for key, entry in self._whole.items()}

    def _known(self, entry: Entry) -> Entry:
        return self._whole.get((entry.number, entry.time), entry)

    @contextmanager
    def _changed(self) -> Iterator[_Kept]:
        """What is on the disk by now, written back at the end; other processes wait."""
        with self._folder.locked():
            try:
                kept = self._read()
            except ConfigError:
                kept = _Kept(0, [])  # a damaged file must not keep a change from being noted
            yield kept
            kept.entries = _fresh(kept.entries)[-MOST:]
            self._folder.write(kept.text(), _FILE)
        self._whole = {key: entry for key, entry in self._whole.items() if _is_fresh(entry)}

    def _read(self) -> _Kept:
        content = self._folder.read(_FILE)
        if content is None:
            return _Kept(0, [])
        try:
            found = json.loads(content)
            return _Kept(int(found["last"]), [from_json(entry) for entry in found["entries"]])
        except (ValueError, TypeError, KeyError):
            raise ConfigError(
                f"{self._folder.path(_FILE)} is damaged", "remove it: only undo reads it"
            ) from None


class _Kept:
    """What the file holds: the changes, the oldest first, and the last number that one had."""

    def __init__(self, last: int, entries: list[Entry]) -> None:
        self.last, self.entries = last, entries

    def next_number(self) -> int:
        self.last += 1
        return self.last

    def text(self) -> str:
        found: dict[str, Any] = {"last": self.last, "entries": [to_json(entry) for entry in self.entries]}
        return json.dumps(found, ensure_ascii=False)


def _fresh(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if _is_fresh(entry)]


def _is_fresh(entry: Entry) -> bool:
    return -_SKEW <= clock() - entry.time <= LONGEST


def _without_secrets(entry: Entry, is_harmless: Harmless) -> Entry:
    items = []
    for item in entry.items:
        names = dict.fromkeys((*(item.before or ()), *(item.after or ())))
        held = tuple(name for name in names if not is_harmless(item, name))
        items.append(item._replace(before=_less(item.before, held), after=_less(item.after, held), held=held))
    return entry._replace(items=tuple(items))


def _less(fields: dict[str, Any] | None, held: tuple[str, ...]) -> dict[str, Any] | None:
    return None if fields is None else {name: value for name, value in fields.items() if name not in held}
