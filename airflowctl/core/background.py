"""Work in a thread of its own, for what nobody waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable


def background(name: str, work: Callable[[], object], done: Callable[[], object]) -> None:
    """Start `work`, and `done` after it, whatever became of it. Nothing of it reaches the terminal:
    somebody may be typing there."""

    def run() -> None:
        for step in (work, done):
            try:
                step()
            except Exception:
                continue

    threading.Thread(target=run, name=name, daemon=True).start()
