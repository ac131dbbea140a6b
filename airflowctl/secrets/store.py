"""What a place for logins does."""

from __future__ import annotations

from airflowctl.core.typed import NamedTuple


class Key(NamedTuple):
    """What a login is for: one server (scheme, host, port and path) in one environment."""

    origin: str
    environment: str


class Store:
    """A place that keeps texts by key, never in clear on a disk. Each method may raise StoreUnavailable."""

    name: str
    lasts: str  # how long it keeps something, in words

    def get(self, key: Key) -> str | None:
        raise NotImplementedError

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        """Keep it, for so many seconds if that is said."""
        raise NotImplementedError

    def delete(self, key: Key) -> bool:
        """Whether there was one."""
        raise NotImplementedError
