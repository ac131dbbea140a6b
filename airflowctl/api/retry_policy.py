"""When a failed request is sent again, and how long that is tried."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from airflowctl.core.errors import CliError

Value = TypeVar("Value")

_PASSING = (429, 502, 503, 504)  # a proxy or a server that is restarted, or has too much to do
_FIRST, _LONGEST = 0.25, 5.0  # seconds between two tries, each pause twice as long as that before


class RetryPolicy:
    """Sends a request again while its failure may pass, for `seconds` from its first failure.

    A change that is not repeatable is sent again only where its connection was refused: else the server may
    have made it. One note is written for all requests of a line.
    """

    def __init__(
        self,
        seconds: float = 0.0,
        note: Callable[[str], object] | None = None,
        wait: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`wait` is entered while a request, with its repetitions, has no answer."""
        self._seconds = seconds
        self._note = note
        self.wait = wait

    def send(self, send: Callable[[], Value], *, is_repeatable: bool) -> Value:
        """Return what `send` returns. Raises its CliError once that is final, or time is up."""
        with self.wait():
            return self._send(send, is_repeatable)

    def _send(self, send: Callable[[], Value], is_repeatable: bool) -> Value:
        end, pause, is_noted = None, _FIRST, False
        while True:
            try:
                return send()
            except CliError as error:
                error.is_noted = is_noted
                if not _may_pass(error, is_repeatable):
                    raise
                now = time.monotonic()
                end = now + self._seconds if end is None else end
                rest = max(_vary(pause), _seconds_until(error.retry_after))
                if now + rest >= end:
                    raise
                is_noted |= self._note_once(error)
                time.sleep(rest)
                pause = min(2 * pause, _LONGEST)

    def _note_once(self, error: CliError) -> bool:
        """Return whether the note was written."""
        note, self._note = self._note, None
        if note is not None:
            note(f"{error.message}; still trying")
        return note is not None


def _may_pass(error: CliError, is_repeatable: bool) -> bool:
    return error.is_unsent or (error.status in _PASSING and is_repeatable)


def _vary(pause: float) -> float:
    """Return a part of a pause: many clients of a server that was away must not come back at once."""
    from random import uniform  # which takes its time to load

    return uniform(pause / 2, pause)


def _seconds_until(retry_after: str) -> float:
    """Return how long the server's Retry-After wants to be waited for, in seconds or as a date; 0 where it
    says nothing that can be read."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:10])
    if not retry_after:
        return 0.0
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return 0.0
    return ((date if date.tzinfo else date.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
