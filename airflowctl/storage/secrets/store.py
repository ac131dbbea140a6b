"""What a place for logins does."""

from __future__ import annotations

import os

from airflowctl.core.typed import NamedTuple

LOGINS = "login"


class Key(NamedTuple):
    """What a store keeps a login under: `LOGINS` and its random id, see `key_of`. Earlier versions kept it
    under its server (scheme, host, port and path) and its environment, see `earlier_key`: two homes of one
    user met there."""

    realm: str
    name: str


def key_of(login: str) -> Key:
    """The key of the login with this id."""
    return Key(LOGINS, login)


def earlier_key(origin: str, environment: str) -> Key:
    """The key that earlier versions used."""
    return Key(origin, environment)


def new_login_id() -> str:
    """A random id for a login: 32 hexadecimal digits."""
    return os.urandom(16).hex()


def is_login_id(text: str) -> bool:
    """Whether it can be one; it becomes part of a file's name."""
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


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
