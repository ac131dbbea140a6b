"""Waiting for something to become true, with a deadline and never longer than it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")
DEADLINE = 60.0  # seconds; a busy machine may need most of them


def until(found: Callable[[], Value], what: str, within: float = DEADLINE, pause: float = 0.02) -> Value:
    """What `found` returns once that is something; fails with `what` after so many seconds. It is asked
    again after `pause`: a server that works has other things to do than to answer."""
    end = time.monotonic() + within
    while not (value := found()):
        assert time.monotonic() < end, f"after {within:g} s there is still not {what}"
        threading.Event().wait(pause)
    return value
