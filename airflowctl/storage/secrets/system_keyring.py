"""The system keyring, imported on use; each exception of it becomes StoreUnavailable."""

from __future__ import annotations

import os
import sys

from airflowctl.core.errors import StoreUnavailable
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.secrets.store import Key, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

NAME = "keyring"
BACKEND_VARIABLE = "PYTHON_KEYRING_BACKEND"
# Those that are known to keep secrets safe. Another one has to be named by the user (keyring's own
# variable or file), but for those that forget or that keep clear text on disk.
_KNOWN = ("SecretService", "kwallet", "libsecret", "macOS", "Windows")
_NEVER = ("keyring.backends.fail", "keyring.backends.null")
_CLEAR_TEXT = "keyrings.alt"
_WINDOWS = "keyring.backends.Windows"
_PIECE = 1000  # letters: Windows refuses more than 1280 in one entry
_PIECES = "pieces:"


class SystemKeyring(Store):
    """`waiting` prints that the user has to unlock the keyring, and returns whether a user can."""

    name = NAME
    lasts = "until it expires"

    def __init__(self, notify_locked: Callable[[], bool]) -> None:
        self._notify_locked = notify_locked

    def get(self, key: Key) -> str | None:
        service, user = _address(key)
        if _can_ask_directly():
            from airflowctl.storage.secrets.secret_service import read

            secret = read(service, user, self._notify_locked)
            if secret is not None:
                return secret
        with _Keyring(self._notify_locked) as keyring:
            return _read_pieces(keyring, service, user)

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        """Keep a text, and read it back. Raises StoreUnavailable."""
        service, user = _address(key)
        with _Keyring(self._notify_locked) as keyring:
            before = _piece_count(keyring.get_password(service, user))
            _write_pieces(keyring, service, user, text)
            # A shorter login leaves pieces of a longer one behind, which are a secret as well.
            for number in range(_piece_count(keyring.get_password(service, user)), before):
                keyring.delete_password(f"{service}#{number}", user)
            # Read back: some keyrings report success and keep nothing.
            stored = _read_pieces(keyring, service, user)
        if stored != text:
            raise StoreUnavailable("the system keyring did not keep the login")

    def delete(self, key: Key) -> bool:
        service, user = _address(key)
        try:
            with _Keyring(self._notify_locked) as keyring:
                return _remove(keyring, service, user)
        except NoKeyring:
            return False


def read_entry(service: str, user: str) -> str | None:
    """Return the secret of another program. Raises StoreUnavailable."""
    with _Keyring(lambda: False) as keyring:
        secret: str | None = keyring.get_password(service, user)
        return secret


class NoKeyring(StoreUnavailable):
    """No keyring works here, so no login was ever kept in one."""


class _Keyring:
    """A context that yields the back end, and turns each exception of it into StoreUnavailable."""

    def __init__(self, notify_locked: Callable[[], bool]) -> None:
        self._notify_locked = notify_locked

    def __enter__(self) -> Any:
        from airflowctl.storage.secrets.secret_service import unlock

        try:
            import keyring

            backend = keyring.get_keyring()
            # A chain of back ends hides which of them keeps the secret, so each is looked at.
            used = [type(member).__module__ for member in getattr(backend, "backends", None) or [backend]]
        except Exception as error:
            raise StoreUnavailable(f"the system keyring failed: {_reason(error)}") from None
        if all(module.startswith(_NEVER) for module in used):
            raise NoKeyring("no system keyring works here")
        if any(module.startswith(_CLEAR_TEXT) for module in used):
            raise StoreUnavailable("the keyring found here keeps clear text on disk")
        unknown = [module for module in used if not module.endswith(_KNOWN) and not module.startswith(_NEVER)]
        if unknown and not _is_named():
            raise StoreUnavailable(
                f"the keyring found here ({unknown[0]}) is not known to be safe",
                f"if it is: export {BACKEND_VARIABLE}={unknown[0]}.Keyring",
            )
        if any(module.endswith("SecretService") for module in used):
            unlock(self._notify_locked)
        return backend

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, StoreUnavailable):
            raise StoreUnavailable(f"the system keyring failed: {_reason(error)}") from None


def _write_pieces(keyring: Any, service: str, user: str, text: str) -> None:
    """Write a text, in pieces where the system takes no long one; the first entry has their number."""
    if len(text) <= _PIECE or not type(keyring).__module__.startswith(_WINDOWS):
        keyring.set_password(service, user, text)
        return
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    for number, piece in enumerate(pieces):
        keyring.set_password(f"{service}#{number}", user, piece)
    keyring.set_password(service, user, f"{_PIECES}{len(pieces)}:{_digest(text)}")


def _read_pieces(keyring: Any, service: str, user: str) -> str | None:
    text: str | None = keyring.get_password(service, user)
    if text is None or not text.startswith(_PIECES):
        return text
    _, count, digest = text.split(":")
    pieces = [keyring.get_password(f"{service}#{number}", user) for number in range(int(count))]
    whole = "".join(piece or "" for piece in pieces)
    # A process that is killed between two pieces leaves a mixture of two logins.
    return whole if _digest(whole) == digest else None


def _remove(keyring: Any, service: str, user: str) -> bool:
    text = keyring.get_password(service, user)
    if text is None:
        return False
    for number in range(_piece_count(text)):
        keyring.delete_password(f"{service}#{number}", user)
    keyring.delete_password(service, user)
    return True


def _piece_count(text: str | None) -> int:
    """Return the number of pieces beside the first entry."""
    return int(text.split(":")[1]) if text and text.startswith(_PIECES) else 0


def _digest(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


def _can_ask_directly() -> bool:
    """Return whether keyring would choose the Secret Service, and is not loaded already."""
    return sys.platform == "linux" and "keyring" not in sys.modules and not _is_named()


def _is_named() -> bool:
    """Return whether the user chose a back end: by variable, or in keyring's own file."""
    if os.environ.get(BACKEND_VARIABLE):
        return True
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.exists(os.path.join(folder, "python_keyring", "keyringrc.cfg"))


def _address(key: Key) -> tuple[str, str]:
    return f"airflowctl:{key.realm}", key.name


def _reason(error: BaseException) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:200]
