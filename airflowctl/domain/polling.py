"""Waiting for something that the server is asked about again and again."""

from __future__ import annotations

import time

from airflowctl.core.errors import UnknownState
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import head

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any

    from airflowctl.session.session import Session

_POLL = 1.0  # seconds between two looks
# A state that a server passes through, which this client has no word for, lasts for seconds.
_UNKNOWN_FOR = 60.0  # seconds for which a state that this client does not know may stay
_MOST = 100  # letters of a state that are shown


class StateGuard:
    """Ends the wait for what is in none of the `known` states, once its state has not changed for a minute:
    a later Airflow may have states in which things end, and the wait would have no end."""

    def __init__(self, known: Collection[str | None]) -> None:
        self._known = known
        self._state = ""
        self._since: float | None = None

    def check(self, name: str, state: object) -> None:
        """Take in the state of what `name` says. Raises UnknownState."""
        if state in self._known:
            self._since = None
            return
        text, now = repr(state), time.monotonic()
        if self._since is None or text != self._state:
            self._state, self._since = text, now
        elif now - self._since >= _UNKNOWN_FOR:
            shown = "no state" if state is None else f"the state {head(str(state), _MOST)}"
            raise UnknownState(
                f"{name} has {shown}, which this client does not know, and has not changed for "
                f"{_UNKNOWN_FOR:g} s",
                "a newer airflowctl may know it",
            )


def in_state(
    session: Session,
    look: Callable[[], dict[str, Any]],
    states: Collection[str],
    timeout: float | None,
    guard: Callable[[object], None],
) -> dict[str, Any]:
    """Return what it looks like once its `state` is one of these, or after `timeout` seconds, whatever
    that is; `guard` is called with each other state. Raises CliError."""
    from airflowctl.domain.retry import Patience

    patience = Patience(session.output.note)
    began = time.monotonic()
    end = None if timeout is None else began + timeout
    while end is None or time.monotonic() < end:
        with patience.over("state"):
            record = look()
            if record.get("state") in states:
                return record
            guard(record.get("state"))
            show_wait(session, record.get("state"), time.monotonic() - began)
        time.sleep(_POLL if end is None else max(0.0, min(_POLL, end - time.monotonic())))
    return look()


def show_wait(session: Session, state: object, seconds: float) -> None:
    """Show on a terminal the state that is waited in and for how long, in the place of what was shown
    before."""
    if not (session.options.quiet or session.streams.has_program):
        text = head(str(state), _MOST) if state else "no state yet"
        session.parts.progress.show_text(f"{text}, {seconds:.0f} s")
