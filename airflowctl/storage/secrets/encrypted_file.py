"""A file that only a passphrase opens: scrypt, then AES-256-GCM. Only where somebody asks for it."""

from __future__ import annotations

import os

from airflowctl.core.errors import CliError, StoreUnavailable
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.private_files import PrivateFolder
from airflowctl.storage.secrets.store import Key, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


NAME = "encrypted-file"
# A file that says less was weakened by somebody; one that says much more would only cost time.
_COST, _COSTS = 2**17, tuple(2**power for power in range(14, 19))


class EncryptedFile(Store):
    """Works everywhere; `passphrase` is called until one was right, which is known from then on, and
    `new_passphrase` for a login that is new here."""

    name = NAME
    lasts = "until it expires"

    def __init__(
        self,
        folder: str,
        passphrase: Callable[[], str],
        new_passphrase: Callable[[], str] | None = None,
    ) -> None:
        above, self._name = os.path.split(folder)
        self._home = PrivateFolder(above)
        self._ask = passphrase
        self._ask_new = new_passphrase or passphrase
        self._known = ""

    def get(self, key: Key) -> str | None:
        file = self._file(key)
        content = self._home.read(*file)
        if content is None:
            return None
        passphrase, self._known = self._known or self._ask(), ""
        text = _opened(content, passphrase, key, self._home.path(*file))
        self._known = passphrase
        return text

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        passphrase = self._known or self._ask_new()
        try:
            self._home.write(_sealed(text, passphrase, key), *self._file(key))
        except StoreUnavailable:
            raise
        except CliError as error:
            raise StoreUnavailable(error.message, error.hint) from None
        self._known = passphrase

    def delete(self, key: Key) -> bool:
        return self._home.remove(*self._file(key))

    def _file(self, key: Key) -> tuple[str, str]:
        return self._name, f"{key.name}.enc"


def _sealed(text: str, passphrase: str, key: Key) -> str:
    import json

    salt, nonce = os.urandom(16), os.urandom(12)
    head = {"version": 1, "n": _COST, "salt": salt.hex(), "nonce": nonce.hex()}
    box = _box(passphrase, salt, _COST).encrypt(nonce, text.encode(), _bound(head, key))
    return json.dumps({**head, "data": box.hex()}) + "\n"


def _opened(content: bytes, passphrase: str, key: Key, path: str) -> str:
    import json

    try:
        found = json.loads(content)
        data = bytes.fromhex(found.pop("data"))
        cost, salt, nonce = found["n"], bytes.fromhex(found["salt"]), bytes.fromhex(found["nonce"])
        known = found["version"] == 1 and isinstance(cost, int) and cost in _COSTS
        if not known or len(nonce) != 12:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreUnavailable(f"{path} is damaged", "remove it, then log in again") from None
    box = _box(passphrase, salt, cost)
    from cryptography.exceptions import InvalidTag

    try:
        opened: bytes = box.decrypt(nonce, data, _bound(found, key))
        return opened.decode()
    except InvalidTag:
        raise StoreUnavailable(
            f"the passphrase does not open {path}, or the file was changed", "try again, or log in again"
        ) from None


def _bound(head: dict[str, Any], key: Key) -> bytes:
    """What the seal is over beside the login itself: nothing of it can be changed or moved elsewhere."""
    import json

    return json.dumps([head, *key], sort_keys=True).encode()


def _box(passphrase: str, salt: bytes, cost: int) -> Any:
    from hashlib import scrypt

    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise StoreUnavailable(
            "an encrypted file needs the package cryptography", "pip install cryptography"
        ) from None
    if not passphrase:
        raise StoreUnavailable("no passphrase was given", "or set AIRFLOWCTL_PASSPHRASE_FILE")
    secret = scrypt(passphrase.encode(), salt=salt, n=cost, r=8, p=1, dklen=32, maxmem=2**29)
    return AESGCM(secret)
