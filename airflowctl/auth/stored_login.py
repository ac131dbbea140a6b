"""The kept login of an environment: put in place of another, revoked, forgotten."""

from __future__ import annotations

from contextlib import suppress

from airflowctl.core.errors import CliError, ConfigError, StoreUnavailable
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from airflowctl.auth.context import LoginContext
    from airflowctl.core.credential import Credential
    from airflowctl.core.environment import Environment
    from airflowctl.storage.secrets.store import Key, Store

ASKED_FOR = "encrypted-file"  # a store that is used only where the user has asked for it, once
MEMORY, ANY = "memory", "auto"
LASTING = ("keyring", "kernel")  # what `auto` tries
_ONE_GRANT = ("sid", "session_state")  # claims: to revoke one of these tokens ends the other


class StoredLogin(NamedTuple):
    """A login that was kept: `store` is where, `lasts` for how long, `problem` why nowhere better."""

    environment: Environment
    store: str
    lasts: str
    problem: str


class RemovedLogin(NamedTuple):
    """What became of a login: `credential` is what was kept, None where it could not be read or there was
    none; `had` whether there was one, `revoked` whether its server no longer takes it."""

    credential: Credential | None = None
    had: bool = False
    revoked: bool = False

    @property
    def is_still_good(self) -> bool:
        """Return whether its server still accepts the token."""
        return self.credential is not None and bool(self.credential.token) and not self.revoked


def keep(context: LoginContext, environment: Environment, credential: Credential, store: str) -> StoredLogin:
    """Keep a new login where that is safe, and the address in its small file; then revoke and forget the
    login before it. In this order, so that there is one good login wherever it fails. Raises
    StoreUnavailable, ConfigError."""
    from airflowctl.api.auth.providers import load_provider
    from airflowctl.storage.unfinished_logins import UnfinishedLogins

    drop_unfinished(context)
    if environment.username and credential.username:
        environment = environment._replace(username=credential.username)  # whose token it is
    is_kept = load_provider(credential.method).is_kept and not environment.setting("token_file")
    before = context.environments.get(environment.name)
    wanted = store or (ASKED_FOR if before is not None and before.store == ASKED_FOR else "")
    updated = _name_login(environment, credential, wanted or ANY) if is_kept else _without_login(environment)
    touched = [record for record in (updated, before) if record is not None and record.login]
    # A process that is killed from here on leaves a record of the secrets that no file names.
    with UnfinishedLogins(context.environ).record(touched):
        return _keep(context, updated, credential, wanted)


def _keep(
    context: LoginContext, environment: Environment, credential: Credential, wanted: str
) -> StoredLogin:
    kept = (
        _store(context, environment, credential, wanted)
        if environment.login
        else StoredLogin(environment, "", "", "")
    )
    environments: list[Environment | None] = []

    def change(before: Environment | None) -> Environment:
        environments.append(before)
        return kept.environment

    try:
        # The second of three steps: this atomic rename decides which login is the good one (decision 0026).
        context.environments.update(environment.name, change)
    except ConfigError as error:
        return _keep_in_memory(context, kept, credential, error)
    if environments[0] is not None:
        _forget_former(context, environments[0], credential)
    return kept


def _without_login(environment: Environment) -> Environment:
    return environment._replace(store="", login="", login_origin="")


def _name_login(environment: Environment, credential: Credential, store: str) -> Environment:
    """Return the environment with the id of a login that is not kept yet."""
    from airflowctl.storage.secrets.store import new_login_id

    # Under a new id, so that the login before it stays whole until the file names this one (decision 0026).
    return environment._replace(store=store, login=new_login_id(), login_origin=credential.origin)


def _store(
    context: LoginContext, environment: Environment, credential: Credential, wanted: str
) -> StoredLogin:
    """Return the secret, under an id of its own: the login before it stays."""
    from airflowctl.auth.credentials import lifetime_of
    from airflowctl.storage.secrets.store import key_of

    used, problem = context.stores.save(
        key_of(environment.login), credential.to_text(), lifetime_of(credential, environment), wanted
    )
    lasting = "" if used.name == MEMORY else used.name
    return StoredLogin(environment._replace(store=lasting), used.name, used.lasts, problem)


def drop_unfinished(context: LoginContext) -> None:
    """Forget the logins that a killed process has kept, or was about to drop, and that no environment
    names. What cannot be dropped now stays recorded."""
    from airflowctl.storage.unfinished_logins import UnfinishedLogins

    with suppress(CliError):
        for environment in UnfinishedLogins(context.environ).left():
            if environment.login not in context.environments.logins():
                _forget_unfinished(context, environment)


def _forget_unfinished(context: LoginContext, environment: Environment) -> None:
    """Forget it in the store that is recorded, or in each that there is. Raises StoreUnavailable."""
    if environment.store == ANY:
        for store in LASTING:
            with suppress(StoreUnavailable):
                _forget_unfinished(context, environment._replace(store=store))
    elif forget(context, environment).had:
        context.console.note(f"a login to {environment.login_origin} that was not finished was dropped")


def _keep_in_memory(
    context: LoginContext, kept: StoredLogin, credential: Credential, error: ConfigError
) -> StoredLogin:
    """Keep a login in memory whose file cannot be written, for as long as there are lines to come; else take
    it back: nothing would find it again. Raises ConfigError."""
    from airflowctl.storage.secrets.store import key_of

    key, stores = key_of(kept.environment.login), context.stores
    if kept.environment.store:
        with suppress(StoreUnavailable):
            stores.open_store(kept.environment.store).delete(key)
    if not context.is_lasting:
        with suppress(CliError):
            _revoke(context, kept.environment, credential)
        raise error
    context.console.note(f"{error.message}; the address is known until this ends")
    if kept.store:
        stores.memory.set(key, credential.to_text(), None)
        kept = kept._replace(store=MEMORY, lasts=stores.memory.lasts)
    kept = kept._replace(environment=kept.environment._replace(store=""))
    context.environments.remember(kept.environment)
    return kept


def _forget_former(context: LoginContext, before: Environment, successor: Credential) -> None:
    """What is kept now is what counts: a failure is only noted."""
    try:
        former = forget(context, before, successor)
    except CliError as error:
        context.console.note(f"the login before this one may still be kept: {error.message}")
        return
    if former.is_still_good and former.credential and not is_one_grant(former.credential, successor):
        context.console.note(
            f"the login before this one, to {former.credential.origin}, was not revoked:"
            f" {words_for_end(former.credential)}"
        )


def forget(
    context: LoginContext, environment: Environment, successor: Credential | None = None
) -> RemovedLogin:
    """Revoke the login that an environment names, at the server that it was made for, and remove it from
    where it is kept. What would end its successor with it is not revoked. Raises StoreUnavailable where a
    store cannot be asked: then it may still be there."""
    texts = [(store, key, _read(store, key)) for store, key in _locations(context, environment)]
    ours = [
        (store, key, credential)
        for store, key, text in texts
        if (credential := _parse(text, environment, store.name)) is not None or environment.login or not text
    ]
    credential = next((credential for _, _, credential in ours if credential is not None), None)
    revoked = False
    # To revoke one token of a session at an issuer would end its successor too.
    if credential is not None and not (successor and is_one_grant(credential, successor)):
        revoked = _revoke(context, environment, credential)
    removed = [store.delete(key) for store, key, _ in ours]
    return RemovedLogin(credential, any(removed), revoked)


def is_one_grant(credential: Credential, other: Credential) -> bool:
    """Return whether revoking one of the two may end the other: the same token, or one session of an
    issuer."""
    from airflowctl.api.auth.token import claims

    is_one_token = (credential.token, credential.origin) == (other.token, other.origin)
    refresh = credential.renewal.get("refresh_token")
    if is_one_token or (refresh is not None and refresh == other.renewal.get("refresh_token")):
        return True
    first, second = claims(credential.token), claims(other.token)
    return any(first.get(name) and first.get(name) == second.get(name) for name in _ONE_GRANT)


def words_for_end(credential: Credential) -> str:
    """Until when the server accepts a token."""
    from airflowctl.core.credential import iso

    return f"the server still accepts that token until {iso(credential.expires_at) or 'it ends'}"


def _locations(context: LoginContext, environment: Environment) -> list[tuple[Store, Key]]:
    """Return where the login of an environment may be kept."""
    from airflowctl.storage.secrets.store import earlier_key, key_of

    stores, key = context.stores, key_of(environment.login)
    if not environment.login:
        key = earlier_key(environment.url, environment.name)
    kept = [(stores.open_store(environment.store), key)] if environment.store else []
    return [(stores.memory, key), *kept]


def _read(store: Store, key: Key) -> str | None:
    """Return what is kept there; None also where it cannot be read, as without a passphrase: it can be
    removed."""
    try:
        return store.get(key)
    except StoreUnavailable:
        return None


def _parse(text: str | None, environment: Environment, source: str) -> Credential | None:
    """Return the login; of an earlier version only if it is the environment's user's, since homes shared
    a key."""
    from airflowctl.core.credential import read_credential

    credential = read_credential(text, source) if text else None
    if credential is None or environment.login or not environment.username:
        return credential
    # Homes of one machine shared a key in earlier versions: another user's login is not ours
    # (docs/explanation/security.md).
    return credential if credential.username in ("", environment.username) else None


def _revoke(context: LoginContext, environment: Environment, credential: Credential) -> bool:
    """Revoke it at the server that it was made for; return whether that no longer takes it."""
    from airflowctl.api.auth.providers import load_provider
    from airflowctl.auth.login import login_to
    from airflowctl.core.environment import check_transport

    origin_environment = environment._replace(url=credential.origin)
    try:
        # Revoking sends the token, so the same rules hold as for any request (docs/explanation/security.md).
        check_transport(origin_environment.url, origin_environment.network)
        context.warn_of(origin_environment)
        login = login_to(context, origin_environment)
        try:
            return load_provider(credential.method).log_out(credential, login)
        finally:
            login.client.close()
    except CliError:
        return False
