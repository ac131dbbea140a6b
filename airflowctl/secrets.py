"""Where tokens live: the environment, this session's memory, the system keyring."""

from __future__ import annotations

import json

from airflowctl.core.errors import StoreUnavailable, UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

TOKEN_VARIABLE = "AIRFLOW_CLI_TOKEN"
_TOKEN_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=")
# Back ends that forget, or that keep clear text on disk: never ours, not even silently.
_REFUSED = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt.file")


class Credential(NamedTuple):
    """A token, the origin it was issued for and whose it is. `expires_at` is in epoch seconds."""

    token: str
    origin: str
    username: str = ""
    expires_at: float | None = None
    source: str = ""

    def __repr__(self) -> str:
        return f"Credential(origin={self.origin!r}, username={self.username!r}, source={self.source!r})"


Memory = dict[tuple[str, str], Credential]


class Secrets:
    """The credential for one origin and environment. Nothing is looked up before it is asked for."""

    def __init__(self, origin: str, environment: str, variable: str, memory: Memory) -> None:
        self._origin = origin
        self._key = (origin, environment)
        self._variable = variable
        self._memory = memory
        self.problem = ""

    @property
    def at_hand(self) -> bool:
        """Whether `find` answers without a keyring."""
        return bool(self._variable) or self._key in self._memory

    def find(self) -> Credential | None:
        """The first that has one: variable, memory, keyring. A keyring that fails is noted in `problem`."""
        if self._variable:
            return Credential(clean(self._variable, TOKEN_VARIABLE), self._origin, source=TOKEN_VARIABLE)
        if self._key in self._memory:
            return self._memory[self._key]
        try:
            return self._from_keyring()
        except StoreUnavailable as error:
            self.problem = error.message
            return None

    def keep_in_memory(self, credential: Credential) -> None:
        self._memory[self._key] = credential._replace(source="memory")

    def keep_in_keyring(self, credential: Credential) -> None:
        """Write and read back; raises StoreUnavailable when no keyring really kept it."""
        pairs = {"origin": credential.origin, "username": credential.username}
        value = json.dumps({**pairs, "expires_at": credential.expires_at, "token": credential.token})
        service, user = self._address()
        with _Keyring() as keyring:
            keyring.set_password(service, user, value)
            kept = keyring.get_password(service, user)
        if kept != value:
            raise StoreUnavailable("the system keyring did not keep the token")
        self._memory.pop(self._key, None)

    def forget(self) -> bool:
        """Remove it from memory and keyring; whether there was one. Raises StoreUnavailable when the
        keyring cannot be asked: then it may still be there."""
        had = self._memory.pop(self._key, None) is not None
        try:
            with _Keyring() as keyring:
                if keyring.get_password(*self._address()) is None:
                    return had
                keyring.delete_password(*self._address())
        except NoKeyring:
            return had
        return True

    def _from_keyring(self) -> Credential | None:
        with _Keyring() as keyring:
            value = keyring.get_password(*self._address())
        try:
            found = json.loads(value) if value else None
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.get("origin") != self._origin:
            return None
        token, username, expires_at = (found.get(name) for name in ("token", "username", "expires_at"))
        if not isinstance(token, str) or not _may_be_sent(token):
            return None
        return Credential(
            token,
            self._origin,
            username if isinstance(username, str) else "",
            expires_at if isinstance(expires_at, float) else None,
            "keyring",
        )

    def _address(self) -> tuple[str, str]:
        origin, environment = self._key
        return f"airflowctl:{origin}", environment


class NoKeyring(StoreUnavailable):
    """There is none: nothing was ever kept in it."""


class _Keyring:
    """The system keyring, imported on use; whatever it raises becomes StoreUnavailable."""

    def __enter__(self) -> Any:
        try:
            import keyring

            backend = keyring.get_keyring()
            used = getattr(backend, "backends", None) or [backend]
        except Exception as error:
            raise StoreUnavailable(f"the system keyring failed: {_reason(error)}") from None
        if all(type(one).__module__.startswith(_REFUSED) for one in used):
            raise NoKeyring("no system keyring works here")
        if any(type(one).__module__.startswith("keyrings.alt") for one in used):
            raise StoreUnavailable("the keyring found here keeps clear text on disk")
        return backend

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, StoreUnavailable):
            raise StoreUnavailable(f"the system keyring failed: {_reason(error)}") from None


def clean(token: str, source: str) -> str:
    """A token as it may stand in a header; raises UsageError without showing it."""
    token = token.strip()
    if not _may_be_sent(token):
        raise UsageError(f"{source} does not hold a token", "a token has letters, digits and -._~+/= only")
    return token


def _may_be_sent(token: str) -> bool:
    return bool(token) and _TOKEN_LETTERS.issuperset(token)


def _reason(error: BaseException) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:200]
