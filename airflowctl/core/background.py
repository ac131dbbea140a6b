"""Work in a background thread, for which no line waits, and which waits for the keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    Entry = TypeVar("Entry")

_LONGEST = 0.05  # seconds that a key can hold up the background: a few frames
_STEP = 128  # entries between two looks at the keys: together less than a millisecond


class _Keys:
    """Whether a key is handled at present. There is one interpreter's lock a process, so there is one of
    these."""

    def __init__(self) -> None:
        self.until = 0.0
        self.thread = 0
        self.is_over = threading.Event()


_keys = _Keys()


def background(name: str, work: Callable[[], object], done: Callable[[], object]) -> None:
    """Start `work`, and `done` after it, whatever became of it. Nothing of it reaches the terminal, where
    the user may be typing."""

    def run() -> None:
        for step in (work, done):
            try:
                step()
            # The user is typing: an error of the background must not be printed into the line.
            except Exception:
                continue

    # A daemon: a dead server must not keep the program from ending.
    threading.Thread(target=run, name=name, daemon=True).start()


def hold_background() -> None:
    """A key is handled from now on: threads that call `give_way` wait for it."""
    _keys.thread = threading.get_ident()
    _keys.is_over.clear()
    _keys.until = time.monotonic() + _LONGEST


def release_background() -> None:
    """The key is drawn."""
    _keys.until = 0.0
    _keys.is_over.set()


def give_way() -> None:
    """Wait, in a thread behind the prompt, while a key is handled."""
    # Both would have the interpreter's lock by turns, so that the key took twice as long (decision 0036).
    left = _keys.until - time.monotonic() if _keys.until else 0.0
    if left > 0 and threading.get_ident() != _keys.thread:
        _keys.is_over.wait(left)


def pace(entries: Iterable[Entry], step: int = _STEP) -> Iterator[Entry]:
    """Yield the entries, and give way to keys between them."""
    for index, entry in enumerate(entries):
        if index % step == 0:
            give_way()
        yield entry
