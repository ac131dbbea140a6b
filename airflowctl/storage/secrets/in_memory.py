"""Memory: for as long as this program runs."""

from __future__ import annotations

from airflowctl.storage.secrets.store import Key, Store

NAME = "memory"


class Memory(Store):
    """Keeps logins in this process; works everywhere."""

    name = NAME
    lasts = "until this ends"

    def __init__(self) -> None:
        self._texts: dict[Key, str] = {}

    def get(self, key: Key) -> str | None:
        return self._texts.get(key)

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        self._texts[key] = text

    def delete(self, key: Key) -> bool:
        return self._texts.pop(key, None) is not None
