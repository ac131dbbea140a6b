"""Which places there are for a login, and which of them is taken."""

from __future__ import annotations

from airflowctl.core.errors import CliError, PolicyForbids, StoreUnavailable, UsageError, did_you_mean
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.private_files import config_folder
from airflowctl.storage.secrets.in_memory import NAME as MEMORY
from airflowctl.storage.secrets.in_memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflowctl.storage.secrets.store import Key, Store

AUTO, KEYRING, KERNEL, ENCRYPTED = "auto", "keyring", "kernel", "encrypted-file"
NAMES = (AUTO, KEYRING, KERNEL, ENCRYPTED, MEMORY)
STORE_VARIABLE = "AIRFLOWCTL_STORE"


class Stores:
    """The stores of one session. `passphrase` asks for one that opens what there is, `new_passphrase` for one
    to be; `waiting` says that the keyring has to be unlocked, and whether a user can be asked. `is_lasting`:
    whether lines follow this one, so that memory is a place to keep something. `require` raises
    PolicyForbids for a store that is not allowed."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        passphrase: Callable[[], str],
        new_passphrase: Callable[[], str] | None = None,
        waiting: Callable[[], bool],
        is_lasting: bool,
        require: Callable[[str], object] = str,  # allows all
    ) -> None:
        self.memory = Memory()
        self._require = require
        self._environ = environ
        self._passphrase = passphrase
        self._new_passphrase = new_passphrase or passphrase
        self._waiting = waiting
        self._is_lasting = is_lasting
        self._encrypted: Store | None = None  # one, since it knows the passphrase

    def named(self, name: str) -> Store:
        """The store of that name; raises UsageError for no store's, PolicyForbids for one not allowed."""
        self._require(name)
        if name == KEYRING:
            from airflowctl.storage.secrets.system_keyring import SystemKeyring

            return SystemKeyring(self._waiting)
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

    def keep(self, key: Key, text: str, lifetime: float | None, wanted: str = "") -> tuple[Store, str]:
        """Keep it in the store that is wanted, else in the first that works: which it was, and why not in
        one before it. Raises StoreUnavailable when there is none."""
        wanted = wanted or self._environ.get(STORE_VARIABLE, "") or AUTO
        if wanted == MEMORY and not self._is_lasting:
            raise StoreUnavailable("memory ends with this command", "log in inside the shell")
        names = (KEYRING, KERNEL) if wanted == AUTO else (wanted,)
        problems: list[CliError] = []
        for name in (*names, *((MEMORY,) if self._is_lasting and wanted != MEMORY else ())):
            try:
                store = self.named(name)
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
        raise StoreUnavailable("; ".join(error.message for error in problems), hint)
