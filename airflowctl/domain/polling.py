"""Waiting for something that the server is asked about again and again."""

from __future__ import annotations

import time

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

    from airflowctl.session.session import Session

_POLL = 1.0  # seconds between two looks


def in_state(
    session: Session, look: Callable[[], dict[str, Any]], states: Collection[str], timeout: float | None
) -> dict[str, Any]:
    """Return what it looks like once its `state` is one of these, or after `timeout` seconds, whatever
    that is."""
    from airflowctl.domain.retry import Patience

    patience = Patience(session.output.note)
    end = None if timeout is None else time.monotonic() + timeout
    while end is None or time.monotonic() < end:
        with patience.over("state"):
            record = look()
            if record.get("state") in states:
                return record
        time.sleep(_POLL if end is None else max(0.0, min(_POLL, end - time.monotonic())))
    return look()
