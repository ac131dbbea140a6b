"""Work in a background thread, for which no line waits."""

from __future__ import annotations

import threading
from collections.abc import Callable


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
