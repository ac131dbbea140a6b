"""Waiting for something that the server is asked about again and again."""

from __future__ import annotations

import time

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

_POLL = 1.0  # seconds between two looks


def in_state(
    look: Callable[[], dict[str, Any]], states: Collection[str], timeout: float | None
) -> dict[str, Any]:
    """What it looks like once its `state` is one of these, or after `timeout` seconds, whatever that is."""
    end = None if timeout is None else time.monotonic() + timeout
    while (found := look()).get("state") not in states:
        if end is not None and time.monotonic() >= end:
            break
        time.sleep(_POLL)
    return found
