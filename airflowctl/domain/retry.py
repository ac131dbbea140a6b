"""Being patient with a server that is away for a while, for what asks it again and again."""

from __future__ import annotations

import time
from contextlib import contextmanager

from airflowctl.core.errors import CliError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

_AWAY = 120.0  # seconds: as long as a restart takes


class Patience:
    """Passes over failures that pass, for a while; `say` is called when they begin and when they have ended.
    Several that ask share one, so that this is said once: each request has its key."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._since: dict[Hashable, float] = {}

    @contextmanager
    def over(self, key: Hashable) -> Iterator[None]:
        """Around a request. Raises CliError where waiting is no use, or has been of none for too long."""
        try:
            yield
        except CliError as error:
            if not error.is_passing:
                raise
            now = time.monotonic()
            # Of many followers at one server each would say the same.
            if not self._since and not error.is_noted:
                self._say(f"{error.message}; still trying")
            # By request, not for all: one that keeps failing is not saved by others that are answered.
            if now - self._since.setdefault(key, now) > _AWAY:
                raise
        else:
            if self._since.pop(key, None) is not None and not self._since:
                self._say("the server answers again")

    def is_tried(self, key: Hashable) -> bool:
        """Return whether this request has failed and is not answered yet."""
        return key in self._since
