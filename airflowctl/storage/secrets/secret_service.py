"""The Secret Service of a Linux desktop, asked directly: a third of what importing keyring costs, and able to
tell whether it is locked before anything waits for a person."""

from __future__ import annotations

import sys

from airflowctl.core.errors import StoreLocked
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Waiting = Callable[[], bool]  # says that somebody has to unlock it; whether there is anybody who can


def read(service: str, user: str, waiting: Waiting) -> str | None:
    """What keyring would find; None when it is not here, and keyring has to be asked. Raises StoreLocked."""
    return _with_collection(waiting, {"service": service, "username": user})


def unlock(waiting: Waiting) -> None:
    """Before keyring is asked, which would wait without a word. Raises StoreLocked."""
    _with_collection(waiting, None)


def _with_collection(waiting: Waiting, wanted: dict[str, str] | None) -> str | None:
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
        if collection.is_locked() and (not waiting() or collection.unlock() or collection.is_locked()):
            raise StoreLocked(
                "the system keyring is locked", "unlock it (log in to the desktop), or --store kernel"
            )
        items = collection.search_items(wanted) if wanted else ()
        return next((item.get_secret().decode() for item in items), None)
    except (SecretStorageException, OSError, ValueError):
        return None
    finally:
        bus.close()
