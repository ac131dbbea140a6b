"""The Secret Service of a Linux desktop, without the keyring package, which costs three times as much
(decision 0022) and waits without a word where the service is locked."""

from __future__ import annotations

import sys

from airflowctl.core.errors import StoreLocked
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    NotifyLocked = Callable[[], bool]  # prints that the user has to unlock it; returns whether a user can


def read(service: str, user: str, notify_locked: NotifyLocked) -> str | None:
    """Return the secret that keyring would return; None where keyring has to be asked. Raises StoreLocked."""
    return _open_collection(notify_locked, {"service": service, "username": user})


def unlock(notify_locked: NotifyLocked) -> None:
    """Unlock the service before keyring, which would wait without a word. Raises StoreLocked."""
    _open_collection(notify_locked, None)


def _open_collection(notify_locked: NotifyLocked, attributes: dict[str, str] | None) -> str | None:
    if sys.platform != "linux":
        return None
    try:
        from secretstorage import Collection, dbus_init
        from secretstorage.exceptions import SecretStorageException
    except ImportError:
        return None
    try:
        bus = dbus_init()
    except (SecretStorageException, OSError):
        return None
    try:
        collection = Collection(bus)
        if collection.is_locked() and (not notify_locked() or collection.unlock() or collection.is_locked()):
            raise StoreLocked(
                "the system keyring is locked", "unlock it (log in to the desktop), or --store kernel"
            )
        items = collection.search_items(attributes) if attributes else ()
        return next((item.get_secret().decode() for item in items), None)
    except (SecretStorageException, OSError, ValueError):
        return None
    finally:
        bus.close()
