"""The stores that a login can be kept in, and the choice of one."""

from __future__ import annotations

from airflowctl.core.errors import (
    CliError,
    PolicyForbids,
    StoreLocked,
    StoreUnavailable,
    UsageError,
    did_you_mean,
)
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.private_files import config_folder
from airflowctl.storage.secrets.store import Key, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

AUTO, KEYRING, KERNEL, ENCRYPTED, MEMORY = "auto", "keyring", "kernel", "encrypted-file", "memory"
NAMES = (AUTO, KEYRING, KERNEL, ENCRYPTED, MEMORY)
STORE_VARIABLE = "AIRFLOWCTL_STORE"


class Memory(Store):
    """Keeps logins in this process; works everywhere."""

    name = MEMORY
    lasts = "until this ends"

    def __init__(self) -> None:
        self._texts: dict[Key, str] = {}

    def get(self, key: Key) -> str | None:
        return self._texts.get(key)

    def set(self, key: Key, text: str, lifetime: float | None) -> None:
        self._texts[key] = text

    def delete(self, key: Key) -> bool:
        return self._texts.pop(key, None) is not None


class Stores:
    """The stores of one session. `passphrase` prompts for one that opens what exists, `new_passphrase` for
    one to be; `waiting` prints that the keyring has to be unlocked, and returns whether a user can do it.
    `is_lasting`: whether lines follow this one, so that memory is worth something. `require` raises
    PolicyForbids for a store that is not allowed."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        passphrase: Callable[[], str],
        new_passphrase: Callable[[], str] | None = None,
        notify_locked: Callable[[], bool],
        is_lasting: bool,
        require: Callable[[str], object] = str,  # allows all
    ) -> None:
        self.memory = Memory()
        self._require = require
        self._environ = environ
        self._passphrase = passphrase
        self._new_passphrase = new_passphrase or passphrase
        self._notify_locked = notify_locked
        self._is_lasting = is_lasting
        self._encrypted: Store | None = None  # one, since it knows the passphrase

    def open_store(self, name: str) -> Store:
        """Return the store of that name; raises UsageError for an unknown one, PolicyForbids for one not
        allowed."""
        self._require(name)
        if name == KEYRING:
            from airflowctl.storage.secrets.system_keyring import SystemKeyring

            return SystemKeyring(self._notify_locked)
        if name == KERNEL:
            from airflowctl.storage.secrets.kernel_keyring import KernelKeyring

            return KernelKeyring()
        if name == ENCRYPTED:
            if self._encrypted is None:
                from airflowctl.storage.secrets.encrypted_file import EncryptedFile

                folder = config_folder(self._environ).path("secrets")
                self._encrypted = EncryptedFile(folder, self._passphrase, self._new_passphrase)
            return self._encrypted
        if name == MEMORY:
            return self.memory
        raise UsageError(
            f"there is no store '{name}'", did_you_mean(name, NAMES) or f"there are: {', '.join(NAMES)}"
        )

    def save(self, key: Key, text: str, lifetime: float | None, wanted: str = "") -> tuple[Store, str]:
        """Keep a login in the store that is wanted, else in the first that works. Return the store, and why
        those before it failed. Raises StoreUnavailable when there is none."""
        wanted = wanted or self._environ.get(STORE_VARIABLE, "") or AUTO
        if wanted == MEMORY and not self._is_lasting:
            raise StoreUnavailable("memory ends with this command", "log in inside the shell")
        # The encrypted file is never chosen by itself: it needs a passphrase each time
        # (docs/explanation/security.md, logins).
        names = (KEYRING, KERNEL) if wanted == AUTO else (wanted,)
        problems: list[CliError] = []
        for name in (*names, *((MEMORY,) if self._is_lasting and wanted != MEMORY else ())):
            try:
                store = self.open_store(name)
                store.set(key, text, lifetime)
            except (StoreUnavailable, PolicyForbids) as error:
                if isinstance(error, PolicyForbids) and wanted != AUTO:
                    raise
                problems.append(error)
                continue
            if store is not self.memory:
                self.memory.delete(key)
            return store, "; ".join(error.message for error in problems)
        hint = next((error.hint for error in reversed(problems) if error.hint), "")
        # One that only has to be unlocked is the way out, whatever else is missing.
        kind = StoreLocked if any(isinstance(error, StoreLocked) for error in problems) else StoreUnavailable
        raise kind("; ".join(error.message for error in problems), hint)
