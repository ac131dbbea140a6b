"""A file that only a passphrase opens: scrypt, then AES-256-GCM. Used only where the user asks for it."""

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
# A file with a smaller cost was weakened by another program; a much larger one would only cost time.
_COST, _COSTS = 2**17, tuple(2**power for power in range(14, 19))


class EncryptedFile(Store):
    """Works everywhere; `passphrase` is called until one was right, which is kept from then on, and
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
        self._prompt = passphrase
        self._prompt_new = new_passphrase or passphrase
        self._known = ""

    def get(self, key: Key) -> str | None:
        file = self._file(key)
        content = self._home.read(*file)
        if content is None:
            return None
        # Forgotten until it has opened the file, so that a wrong passphrase is asked for again.
        passphrase, self._known = self._known or self._prompt(), ""
        text = _decrypt(content, passphrase, key, self._home.path(*file))
        self._known = passphrase
        return text

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        passphrase = self._known or self._prompt_new()
        try:
            self._home.write(_encrypt(text, passphrase, key), *self._file(key))
        except StoreUnavailable:
            raise
        except CliError as error:
            raise StoreUnavailable(error.message, error.hint) from None
        self._known = passphrase

    def delete(self, key: Key) -> bool:
        return self._home.remove(*self._file(key))

    def _file(self, key: Key) -> tuple[str, str]:
        return self._name, f"{key.name}.enc"


def _encrypt(text: str, passphrase: str, key: Key) -> str:
    import json

    salt, nonce = os.urandom(16), os.urandom(12)
    head = {"version": 1, "n": _COST, "salt": salt.hex(), "nonce": nonce.hex()}
    cipher = _cipher(passphrase, salt, _COST).encrypt(nonce, text.encode(), _associated_data(head, key))
    return json.dumps({**head, "data": cipher.hex()}) + "\n"


def _decrypt(content: bytes, passphrase: str, key: Key, path: str) -> str:
    import json

    try:
        head = json.loads(content)
        data = bytes.fromhex(head.pop("data"))
        cost, salt, nonce = head["n"], bytes.fromhex(head["salt"]), bytes.fromhex(head["nonce"])
        is_supported = head["version"] == 1 and isinstance(cost, int) and cost in _COSTS
        # GCM takes other lengths of a nonce too, but this program writes none.
        if not is_supported or len(nonce) != 12:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StoreUnavailable(f"{path} is damaged", "remove it, then log in again") from None
    cipher = _cipher(passphrase, salt, cost)
    from cryptography.exceptions import InvalidTag

    try:
        text: bytes = cipher.decrypt(nonce, data, _associated_data(head, key))
        return text.decode()
    except InvalidTag:
        raise StoreUnavailable(
            f"the passphrase does not open {path}, or the file was changed", "try again, or log in again"
        ) from None


def _associated_data(head: dict[str, Any], key: Key) -> bytes:
    """Return the data that GCM authenticates beside the login: the header, and the key it is kept under."""
    import json

    # With the key in it, a file that was renamed to another login's name does not open.
    return json.dumps([head, *key], sort_keys=True).encode()


def _cipher(passphrase: str, salt: bytes, cost: int) -> Any:
    from hashlib import scrypt

    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise StoreUnavailable(
            "an encrypted file needs the package cryptography", "pip install cryptography"
        ) from None
    if not passphrase:
        raise StoreUnavailable("no passphrase was given", "or set AIRFLOWCTL_PASSPHRASE_FILE")
    # r and p are fixed; only the cost is read from the file, within _COSTS.
    secret = scrypt(passphrase.encode(), salt=salt, n=cost, r=8, p=1, dklen=32, maxmem=2**29)
    return AESGCM(secret)
