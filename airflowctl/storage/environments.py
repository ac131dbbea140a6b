"""The user's environments: one small file each, without any secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from airflowctl.core.environment import MAX_SESSION, Environment, Network, check_name, is_name, settings_of
from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.private_files import config_folder, state_folder, toml

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.storage.environment_groups import EnvironmentGroups

# A file for each environment, written by airflowctl only: a program that rewrites what a user edits loses
# comments and order (decision 0023).
_FOLDER, _DEFAULT, _ENDING = "environments", "environment", ".toml"
_AGAIN = "fix or remove it, then log in again"


class EnvironmentStore:
    """Reads and writes the environments on disk; those of this session stand over them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = config_folder(environ)
        self._locks = state_folder(environ).path("locks")
        self._session: dict[str, Environment] = {}  # what was saved or read in this session
        self._changes = 0  # how often this session has changed one

    @property
    def stamp(self) -> object:
        """Return what is another thing once an environment is added, changed or removed, here or by another
        process."""
        try:
            facts = os.stat(self._folder.path(_FOLDER))
        except OSError:
            return self._changes
        return self._changes, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino

    @property
    def groups(self) -> EnvironmentGroups:
        """Return the groups of environments."""
        from airflowctl.storage.environment_groups import EnvironmentGroups

        return EnvironmentGroups(self._folder)

    def names(self) -> tuple[str, ...]:
        """Return the names, sorted; raises ConfigError where another user could have put a file there."""
        files = self._folder.list(_FOLDER)
        file_names = (name[: -len(_ENDING)] for name in files if name.endswith(_ENDING))
        return tuple(sorted({*filter(is_name, file_names), *self._session}))

    def get(self, name: str) -> Environment | None:
        """Return the environment of that name; raises ConfigError when its file is damaged."""
        file = _file(name)
        # Read once in a session: an edit of the file meanwhile must not send a running line elsewhere
        # (decision 0027).
        if name not in self._session:
            content = self._folder.read(*file)
            if content is None:
                return None
            self._session[name] = parse_environment(name, self._folder.path(*file), content)
        return self._session[name]

    def addresses(self) -> dict[str, str]:
        """Return the servers of all environments that can be read, each with the name of one of them."""
        return {environment.url: environment.name for environment in self._readable()}

    def has_production_at(self, url: str) -> bool:
        """Return whether a production environment has this address. A damaged file says nothing of its
        address."""
        return any(environment.is_production and environment.url == url for environment in self._readable())

    def _readable(self) -> Iterator[Environment]:
        for name in self.names():
            with suppress(ConfigError):
                environment = self.get(name)
                if environment is not None:
                    yield environment

    def logins(self) -> set[str]:
        """Return the ids of the logins that the files name now. Raises ConfigError where one is damaged."""
        environments = (self.read(name) for name in self.names())
        return {environment.login for environment in environments if environment is not None}

    def read(self, name: str) -> Environment | None:
        """Like `get`, but as it is on disk now: another process may have changed it."""
        content = self._folder.read(*_file(name))
        return None if content is None else parse_environment(name, self.path(name), content)

    def remember(self, environment: Environment) -> None:
        """Keep an environment for this session only."""
        self._changes += 1
        self._session[environment.name] = environment

    def update(self, name: str, change: Callable[[Environment | None], Environment]) -> Environment:
        """Save what `change` makes of the environment as it is on disk now; one process at a time, so that no
        change of another is lost. `change` gets None where there is none, or its file is damaged."""
        from airflowctl.storage.secrets.lock import hold_lock
        from airflowctl.storage.secrets.store import Key

        with hold_lock(self._locks, Key("environment", self.path(name))):
            try:
                before = self.read(name)
            except ConfigError:
                before = None
            changed = change(before)
            self.save(changed)
        return changed

    def save(self, environment: Environment) -> None:
        """Keep an environment for this session and, atomically and for this user only, on disk."""
        file = _file(environment.name)
        self._changes += 1
        self._session[environment.name] = environment
        self._folder.write(to_toml(environment), *file)

    def remove(self, name: str) -> bool:
        """Remove an environment; return whether it existed."""
        self._changes += 1
        existed = self._session.pop(name, None) is not None
        return self._folder.remove(*_file(name)) or existed

    def write_default(self, name: str) -> None:
        """Make an environment the default of lines that name no other; an empty name leaves no default."""
        if name:
            self._folder.write(f"{check_name(name)}\n", _DEFAULT)
        else:
            self._folder.remove(_DEFAULT)

    def read_default(self) -> str:
        """Return the default environment's name, empty for none. Raises ConfigError."""
        content = self._folder.read(_DEFAULT)
        name = (content or b"").decode("utf-8", "replace").strip()
        if name and not is_name(name):
            path = self._folder.path(_DEFAULT)
            raise ConfigError(f"{path} is damaged: no environment's name", suggest("env", "use", "NAME"))
        return name

    def path(self, name: str) -> str:
        """Return the path of the environment's file."""
        return self._folder.path(*_file(name))


def _file(name: str) -> tuple[str, str]:
    return _FOLDER, f"{check_name(name)}{_ENDING}"


def to_toml(environment: Environment) -> str:
    """Return an environment as TOML, without the fields that have their default."""
    texts = {name: getattr(environment, name) for name in ("url", "username", "method", "store")}
    lines = [f"{name} = {toml(value)}" for name, value in texts.items() if value]
    # The id belongs to this file, so two homes of a user never share a login (decision 0022).
    if environment.store and environment.login:
        lines.append(f"login = {toml(environment.login)}")
        lines.append(f"login_origin = {toml(environment.login_origin)}")
    if environment.command:
        lines.append(f"command = [{', '.join(map(toml, environment.command))}]")
    if environment.max_session != MAX_SESSION:
        lines.append(f"max_session_hours = {environment.max_session!r}")
    if environment.production is not None:
        lines.append(f"production = {toml(environment.production)}")
    if environment.read_only:
        lines.append("read_only = true")
    lines += _table("settings", dict(environment.settings))
    lines += _table("network", environment.network._asdict())
    # Exceptions for the network are kept by origin: those of Airflow never hold for the issuer (decision
    # 0014).
    lines += _table("issuer_network", environment.issuer_network._asdict())
    lines += _table("headers", dict(environment.headers))
    return "\n".join(lines) + "\n"


def _table(title: str, pairs: Mapping[str, object]) -> list[str]:
    lines = [f"{toml(name)} = {toml(value)}" for name, value in pairs.items() if value]
    return ["", f"[{title}]", *lines] if lines else []


def parse_environment(name: str, path: str, content: bytes) -> Environment:
    """Return the environment of a file's content; raises ConfigError, which names `path`."""
    import tomllib

    try:
        return _from_table(name, tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise ConfigError(f"{path} is damaged: {error}", _AGAIN) from None
    except UsageError as error:
        raise ConfigError(f"{path}: {error.message}", error.hint) from None


def _from_table(name: str, document: dict[str, Any]) -> Environment:
    """Return the environment of a parsed file; raises ValueError for a value of the wrong type. Unknown
    keys are passed over: a later version may have written them."""
    from airflowctl.core.url import base_url

    url, username, method, store = (_text(document, key) for key in ("url", "username", "method", "store"))
    if not url:
        raise ValueError('it needs url = "..."')
    command = document.get("command", [])
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise ValueError("command is not a list of words")
    hours = document.get("max_session_hours", MAX_SESSION)
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not hours > 0:
        raise ValueError("max_session_hours is not a number of hours")
    settings = document.get("settings", {})
    if not isinstance(settings, dict):
        raise ValueError("[settings] is a table")
    texts = {key: _text(settings, key) for key in settings}
    # None is a third value: the name of the environment decides (decision 0019).
    production = document.get("production")
    if not isinstance(production, bool | None):
        raise ValueError("production is not true or false")
    read_only = document.get("read_only", False)
    if not isinstance(read_only, bool):
        raise ValueError("read_only is not true or false")
    # Positional, in the order of the fields: a field that is added must be read here too.
    return Environment(
        name,
        base_url(url),
        username,
        method,
        store,
        settings_of(texts),
        tuple(command),
        _network(document, "network"),
        float(hours),
        production,
        read_only,
        *_login(document, base_url(url)),
        issuer_network=_network(document, "issuer_network"),
        headers=_headers(document),
    )


def _headers(document: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    table = document.get("headers", {})
    if not isinstance(table, dict):
        raise ValueError("[headers] is a table")
    if not table:
        return ()
    from airflowctl.core.headers import header

    return tuple(header(f"{name}: {_text(table, name)}") for name in table)


def _network(document: dict[str, Any], name: str) -> Network:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"[{name}] is a table")
    return Network(
        _text(table, "ca_bundle"),
        _text(table, "client_cert"),
        _text(table, "client_key"),
        table.get("insecure") is True,
        table.get("insecure_http") is True,
    )


def _login(document: dict[str, Any], url: str) -> tuple[str, str]:
    """Return the id of the login and the address that it was made for, both empty where there is none."""
    from airflowctl.core.url import base_url
    from airflowctl.storage.secrets.store import is_login_id

    login, origin = _text(document, "login"), _text(document, "login_origin")
    # The id becomes part of a file's name (see EncryptedFile), so a damaged one must not lead elsewhere.
    if login and not is_login_id(login):
        raise ValueError("login is not the id of a login")
    return login, (base_url(origin) if origin else url) if login else ""


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} is not a text")
    return value
