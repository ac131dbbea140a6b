"""Work in a background thread, for which no line waits, and which waits for the keys."""

from __future__ import annotations

import time
from _thread import get_ident  # threading costs a short command a millisecond
from collections.abc import Callable, Iterable, Iterator

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from typing import TypeVar

    Entry = TypeVar("Entry")

_LONGEST = 0.05  # seconds that a key can hold up the background: a few frames
_GAP = 0.1  # seconds after a key, within which a user who types presses the next
_TYPING, _TURN = 4.0, 0.05  # seconds of typing without a gap for which lines wait, and that they get then
_NAP = 0.02  # seconds
_STEP = 128  # entries between two looks at the keys: together less than a millisecond


class _Keys:
    """Whether a key is handled at present. There is one interpreter's lock a process, so there is one of
    these."""

    def __init__(self) -> None:
        self.until = 0.0
        self.thread = 0  # that of the prompt; 0 where there is none
        self.is_over: threading.Event | None = None
        self.began, self.ends = 0.0, 0.0  # the typing without a gap
        self.lines: set[int] = set()  # the threads of lines in the background


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

    import threading

    # A daemon: a dead server must not keep the program from ending.
    threading.Thread(target=run, name=name, daemon=True).start()


def favour_thread() -> None:
    """The calling thread handles keys: `give_way` waits for it in others."""
    from threading import Event

    _keys.thread, _keys.is_over = get_ident(), Event()


def hold_background() -> None:
    """A key is handled from now on: threads that call `give_way` wait for it."""
    if _keys.is_over is None or _keys.thread != get_ident():
        favour_thread()
    assert _keys.is_over is not None
    _keys.is_over.clear()
    now = time.monotonic()
    if now > _keys.ends or now - _keys.began > _TYPING + _TURN:
        _keys.began = now
    _keys.until, _keys.ends = now + _LONGEST, now + _GAP


def release_background() -> None:
    """The key is drawn."""
    _keys.until = 0.0
    if _keys.is_over is not None:
        _keys.is_over.set()


def is_key_in_hand() -> bool:
    """Return whether a key is handled just now, and not drawn yet."""
    return _keys.until > time.monotonic()


def is_behind_prompt() -> bool:
    """Return whether the calling thread runs behind a prompt."""
    return bool(_keys.thread) and get_ident() != _keys.thread


def wait_for_typing(*, waits: bool) -> None:
    """Let the calling thread wait in `give_way` while a user types, or no longer: its work is not for the
    line that is typed."""
    if waits:
        _keys.lines.add(get_ident())
    else:
        _keys.lines.discard(get_ident())


def give_way() -> None:
    """Wait, in a thread behind the prompt, while a key is handled."""
    if _keys.ends and get_ident() in _keys.lines:
        while (now := time.monotonic()) < _keys.ends and now - _keys.began < _TYPING:
            time.sleep(_NAP)
        return
    # Both would have the interpreter's lock by turns, so that the key took twice as long (decision 0036).
    left = _keys.until - time.monotonic() if _keys.until else 0.0
    if left > 0 and _keys.is_over is not None and is_behind_prompt():
        _keys.is_over.wait(left)


def pace(entries: Iterable[Entry], step: int = _STEP) -> Iterable[Entry]:
    """Return the entries; in a thread behind the prompt it gives way to keys between them."""
    return _give_way_between(entries, step) if is_behind_prompt() else entries


def _give_way_between(entries: Iterable[Entry], step: int) -> Iterator[Entry]:
    for index, entry in enumerate(entries):
        if index % step == 0:
            give_way()
        yield entry
