"""The login of one environment: found where it is kept, renewed before it ends, one process at a time."""

from __future__ import annotations

import time
from _thread import allocate_lock  # threading costs a short command a millisecond
from contextlib import suppress

from airflowctl.core.credential import (
    TOKEN_FILE_VARIABLE,
    TOKEN_VARIABLE,
    Credential,
    clean,
    from_text,
    read_credential,
)
from airflowctl.core.errors import (
    CliError,
    ConfigError,
    NotLoggedIn,
    StoreLocked,
    StoreUnavailable,
    UsageError,
)
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.private_files import state_folder
from airflowctl.storage.secrets.store import Key, earlier_key, key_of, new_login_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflowctl.api.auth.provider import Login
    from airflowctl.core.environment import Environment
    from airflowctl.storage.environments import EnvironmentStore
    from airflowctl.storage.secrets.stores import Stores

_EARLY = 60.0  # seconds before its end, or a tenth of its life if that is longer, a token is renewed
_RETRY = 30.0  # seconds to leave a renewal alone that did not work
_LONG_AGO = float("-inf")


class Credentials:
    """Nothing is looked up before it is asked for. `login` makes what a provider works with."""

    def __init__(
        self,
        environment: Environment,
        stores: Stores,
        environ: Mapping[str, str],
        login: Callable[[], Login],
        learn: Callable[..., object],
        environments: EnvironmentStore,
        problem: str = "",
    ) -> None:
        """`problem` says why a token that is known is not used here, for errors."""
        self.environment = environment
        self._environments = environments
        self.problem = self._no_variable = problem
        self.no_store = False  # whether the store failed
        self._stores = stores
        self._environ = environ
        self._login = login
        self._learn = learn
        self._busy = allocate_lock()
        self._held: Credential | None = None
        self._is_looked_up = False
        self._is_locked = False  # the store, which a person may open
        self._tried_at = _LONG_AGO

    @property
    def _key(self) -> Key:
        return key_of(self.environment.login)

    # What is known.

    @property
    def cached(self) -> Credential | None:
        """The credential as far as it is known without waiting for anything."""
        quick = bool(self._variable) or self._stores.memory.get(self._key) is not None
        # The toolbar asks at each key: it neither waits for a thread nor opens a keyring (decision 0039).
        if not self._is_looked_up and quick and self._busy.acquire(blocking=False):
            try:
                return self._look_up()
            finally:
                self._busy.release()
        return self._held

    @property
    def is_looked_up(self) -> bool:
        """Whether it is known if there is a login."""
        return self._is_looked_up

    @property
    def stored(self) -> Credential | None:
        """The credential as it is, looked up once and not renewed; None when there is none."""
        with self._busy:
            return self._look_up()

    def current(self) -> Credential | None:
        """The credential to use now: renewed, where it is about to end and that works."""
        with self._busy:
            held = self._look_up()
            if held is not None and _is_due(held) and time.monotonic() - self._tried_at > _RETRY:
                self._renew(held)
            return self._held

    def renew(self, refused: str) -> Credential | None:
        """Another one for a token that the server has refused; None when there is none without a person."""
        with self._busy:
            held = self._look_up()
            if held is not None and held.token != refused:
                return held  # another thread was quicker
            if held is None or not self._renew(held):
                return None
            return self._held

    @property
    def next_renewal(self) -> float | None:
        """When to look again, in seconds from now; None when nothing will end."""
        held = self._held
        if held is None or held.expires_at is None:
            return None
        return max(0.0, _due_at(held) - time.time(), self._tried_at + _RETRY - time.monotonic())

    # What is done.

    def keep(self, credential: Credential, store: str) -> None:
        """Keep it in place of the login that is kept, or where none is, as the environment's. Raises
        StoreUnavailable."""
        login = self.environment.login or new_login_id()
        lifetime = lifetime_of(credential, self.environment)
        used, _ = self._stores.save(key_of(login), credential.to_text(), lifetime, store)
        if login == self.environment.login:
            return
        self._adopt(self.environment._replace(login=login, login_origin=credential.origin))
        if used is not self._stores.memory:
            with suppress(ConfigError):  # then it lasts as long as this program
                self._record_login(self.environment._replace(store=used.name))

    def hold(self, credential: Credential | None) -> None:
        """Use it from now on, without keeping it anywhere."""
        if credential is not None and credential.origin != self.environment.url:
            # The last check before a token can be sent: whatever led here, no other server gets it.
            raise AssertionError("a credential of another server")
        if credential is not None:
            self._learn(*credential.secrets)
        self._held = credential

    # How.

    @property
    def _variable(self) -> str:
        return self._environ.get(TOKEN_VARIABLE, "").strip()

    def _look_up(self) -> Credential | None:
        if not self._is_looked_up or (self._held is None and self._is_locked):
            self.problem, self.no_store, self._is_locked = self._no_variable, False, False
            self.hold(self._find())
            self._is_looked_up = True
        return self._held

    def _find(self) -> Credential | None:
        """The first that has one: variable, file, memory, the environment's own way, the store."""
        self._check_variables()
        if self._variable:
            return self._static(clean(self._variable, TOKEN_VARIABLE), TOKEN_VARIABLE)
        path = self._environ.get(TOKEN_FILE_VARIABLE, "").strip() or self.environment.setting("token_file")
        if path:
            from airflowctl.api.auth.static import read_token

            source = TOKEN_FILE_VARIABLE if self._environ.get(TOKEN_FILE_VARIABLE) else path
            return self._static(read_token(path, source), source)
        kept = self._stores.memory.get(self._key)
        if kept is not None:
            return from_text(kept, self.environment.url, self._stores.memory.name)
        if self.environment.method and not self.environment.store:
            return self._log_in_each_time()
        return self._read_store()

    def _check_variables(self) -> None:
        """Raise UsageError where one is set and blank: in a pipeline, a secret that has no value. Another
        login must not take its place."""
        for name in (TOKEN_VARIABLE, TOKEN_FILE_VARIABLE):
            if name in self._environ and not self._environ[name].strip():
                raise UsageError(f"{name} is set but empty", "give it a value, or unset it")

    def _read_store(self) -> Credential | None:
        """Read the login from the store; a store that fails is noted in `problem`. Raises NotLoggedIn for
        another user's."""
        if not self.environment.store:
            return None
        try:
            text = self._text_in_store()
        except StoreUnavailable as error:
            self.problem, self.no_store = error.message, True
            self._is_locked = isinstance(error, StoreLocked)
            return None
        credential = read_credential(text, self.environment.store) if text else None
        if credential is None:
            self.problem = "the login has ended"
            return None
        # An environment's file can be edited: its login does not follow the address to another server.
        if credential.origin != self.environment.url:
            self.problem = f"the login kept for {self.environment.name} was made for {credential.origin}"
            return None
        check_user(credential, self.environment)
        return credential

    def _text_in_store(self) -> str | None:
        """What the store has of this login; where another process has logged in anew, of that login."""
        if not self.environment.login:
            return self._take_over()
        text = self._stores.open_store(self.environment.store).get(self._key)
        if text is None and self._follow():
            return self._stores.open_store(self.environment.store).get(self._key)
        return text

    def _follow(self) -> bool:
        """Whether the environment's file names another login of the same user by now, which is then ours."""
        try:
            now = self._environments.read(self.environment.name)
        except CliError:
            return False
        if now is None or now.login in ("", self.environment.login):
            return False
        if (now.url, now.username) != (self.environment.url, self.environment.username):
            return False
        self._adopt(now)
        return True

    def _take_over(self) -> str | None:
        """A login of an earlier version, kept under origin and environment: from now on under an id of its
        own. Another home may have put its own there, so it stays unless it is this user's."""
        from airflowctl.storage.secrets.lock import hold_lock

        environment = self.environment
        earlier = earlier_key(environment.url, environment.name)
        store = self._stores.open_store(environment.store)
        with hold_lock(self._locks, earlier):
            if self._follow():
                return store.get(self._key)
            text = store.get(earlier)
            credential = read_credential(text, environment.store) if text else None
            if text is None or credential is None:
                return None
            check_user(credential, environment)
            login = new_login_id()
            try:
                store.set(key_of(login), text, lifetime_of(credential, environment))
                self._record_login(environment._replace(login=login, login_origin=environment.url))
            except (StoreUnavailable, ConfigError):
                with suppress(StoreUnavailable):
                    store.delete(key_of(login))
                return text  # it can be used where it is
            # Last: a kill before this leaves two entries of one login, in the other order it leaves none.
            store.delete(earlier)
        return text

    def _record_login(self, wanted: Environment) -> None:
        """Write which login is the environment's into its file. Raises ConfigError."""

        def change(before: Environment | None) -> Environment:
            if before is None or before.url != wanted.url:
                raise ConfigError(f"the environment {wanted.name} has changed meanwhile")
            return before._replace(login=wanted.login, login_origin=wanted.login_origin, store=wanted.store)

        self._adopt(self._environments.update(wanted.name, change))

    def _adopt(self, environment: Environment) -> None:
        self.environment = self.environment._replace(
            login=environment.login, login_origin=environment.login_origin, store=environment.store
        )

    @property
    def _locks(self) -> str:
        return state_folder(self._environ).path("locks")

    def _log_in_each_time(self) -> Credential | None:
        """Where a provider keeps nothing, like a program that prints a token."""
        from airflowctl.api.auth.providers import load_provider

        provider = load_provider(self.environment.method)
        if provider.is_kept:
            return None
        login = self._login()
        try:
            return provider.log_in(login)._replace(source=provider.name)
        finally:
            login.client.close()

    def _static(self, token: str, source: str) -> Credential:
        from airflowctl.api.auth.token import expiry_time, issue_time, subject

        return Credential(
            token,
            self.environment.url,
            subject(token),
            issue_time(token),
            expiry_time(token),
            source=source,
        )

    def _renew(self, held: Credential) -> bool:
        """Put another one in its place; whether that worked. Only one process at a time tries."""
        if not held.method:
            return self._read_again(held)
        self._tried_at = time.monotonic()
        from airflowctl.storage.secrets.lock import hold_lock

        # Issuers take a refresh token once: two processes at a time would end each other's login.
        with hold_lock(self._locks, self._key):
            self._follow()
            kept = self._read_store()
            if kept is not None and kept.token != held.token and not _is_due(kept):
                self.hold(kept)  # another process was quicker
            else:
                return self._renew_alone(kept or held)
        self._tried_at = _LONG_AGO
        return True

    def _renew_alone(self, held: Credential) -> bool:
        from airflowctl.api.auth.providers import load_provider

        if self._is_over(held):
            return False
        login = self._login()
        try:
            fresh = load_provider(held.method).renew(held, login)
        except CliError as error:
            self.problem = error.message
            return False
        finally:
            login.client.close()
        if fresh is None:
            return False
        check_user(fresh, self.environment._replace(username=held.username))
        # The longest time of a login counts from when the user logged in, not from a renewal.
        fresh = fresh._replace(since=held.since, source=held.source)
        self.hold(fresh)
        self._tried_at = _LONG_AGO
        if held.source in (self.environment.store, self._stores.memory.name):
            self._put_back(fresh)
        return True

    def _put_back(self, fresh: Credential) -> None:
        try:
            self.keep(fresh, fresh.source)
        except StoreUnavailable as error:
            self.problem = f"the renewed login could not be kept: {error.message}"

    def _read_again(self, held: Credential) -> bool:
        """A file may hold another token meanwhile; a variable cannot."""
        credential = self._find() if held.source != TOKEN_VARIABLE else None
        if credential is None or credential.token == held.token:
            return False
        self.hold(credential)
        return True

    def _is_over(self, held: Credential) -> bool:
        """Whether renewing has gone on for as long as the environment allows."""
        limit = self.environment.max_session * 3600
        if held.since is None or time.time() - held.since < limit:
            return False
        self.problem = f"the login is older than {self.environment.max_session:g} h"
        return True


def check_user(credential: Credential, environment: Environment) -> None:
    """Raise NotLoggedIn for a login of another user than the environment's: it acts as that user or not at
    all. A login by an issuer needs no user name in the environment."""
    wanted = environment.username
    if wanted and credential.username and credential.username != wanted:
        line = ("auth", "login", "-e", environment.name, "--url", environment.url)
        raise NotLoggedIn(
            f"the login kept for {environment.name} is of {credential.username}, and its environment is"
            f" {wanted}'s: it is not used",
            f"log in again: {suggest(*line, '--username', wanted)}",
        )


def lifetime_of(credential: Credential, environment: Environment) -> float:
    """How long to keep it, in seconds."""
    if credential.expires_at is not None and not credential.renewal:
        return max(0.0, credential.expires_at - time.time())
    return environment.max_session * 3600


def _due_at(credential: Credential) -> float:
    """When to renew it, in epoch seconds: at the latest halfway through a short life."""
    end = credential.expires_at or 0.0
    life = end - (credential.issued_at or end - 3600.0)
    return end - min(max(_EARLY, life / 10), life / 2)


def _is_due(credential: Credential) -> bool:
    return credential.expires_at is not None and time.time() >= _due_at(credential)
