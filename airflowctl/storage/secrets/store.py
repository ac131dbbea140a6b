"""The base class of the stores of logins, and the keys of logins in them."""

from __future__ import annotations

import os

from airflowctl.core.typed import NamedTuple

LOGINS = "login"


class Key(NamedTuple):
    """What a store keeps a login under: `LOGINS` and its random id, see `key_of`. Earlier versions used the
    server (scheme, host, port and path) and the environment, see `earlier_key`: two homes of one user met
    there."""

    realm: str
    name: str


def key_of(login: str) -> Key:
    """Return the key of the login with this id."""
    return Key(LOGINS, login)


def earlier_key(origin: str, environment: str) -> Key:
    """Return the key that earlier versions used."""
    return Key(origin, environment)


def new_login_id() -> str:
    """Return a random id for a login: 32 hexadecimal digits."""
    # Random, so that no two homes or environments can share an entry (decision 0022).
    return os.urandom(16).hex()


def is_login_id(text: str) -> bool:
    """Return whether a text can be a login's id, which becomes part of a file's name."""
    return len(text) == 32 and set(text) <= set("0123456789abcdef")


class Store:
    """Keeps texts by key, never in clear on a disk. Each method may raise StoreUnavailable."""

    name: str
    lasts: str  # how long it keeps something, in words

    def get(self, key: Key) -> str | None:
        raise NotImplementedError

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        """Keep a text, for `lifetime` seconds if that is not None."""
        raise NotImplementedError

    def delete(self, key: Key) -> bool:
        """Delete a text; return whether it existed."""
        raise NotImplementedError
