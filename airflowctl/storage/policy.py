"""The administrator's policy: what a user of this machine may not loosen."""

from __future__ import annotations

from airflowctl.core.errors import ConfigError, PolicyForbids
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.storage.private_files import read_private

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.core.environment import Environment

SYSTEM_FILE = "/etc/airflowctl/policy.toml"
VARIABLE = "AIRFLOWCTL_POLICY"
AUDIT_VARIABLE = "AIRFLOWCTL_AUDIT_LOG"


class Policy(NamedTuple):
    """What the administrator fixed; an empty policy fixes nothing.

    `production` and `read_only` are patterns of addresses (see `matches`). `stores` and `login_methods` are
    the names allowed, None where all are; memory is always allowed, since it is no storage. `insecure` allows
    --insecure and --insecure-http, `programs` allows `!`, `|` and `>` in batches. `audit_logs` are the files
    that each request is recorded in. `sources` are the files that it was read from.
    """

    production: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    stores: tuple[str, ...] | None = None
    login_methods: tuple[str, ...] | None = None
    insecure: bool = True
    programs: bool = True
    audit_logs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the policy in errors: its files."""
        return f"the policy in {' and '.join(self.sources)}"

    def is_production(self, url: str) -> bool:
        return any(matches(pattern, url) for pattern in self.production)

    def is_read_only(self, url: str) -> bool:
        return any(matches(pattern, url) for pattern in self.read_only)

    def require_store(self, name: str) -> None:
        """Raise PolicyForbids for a store that is not allowed."""
        # Memory is no storage: it ends with the process, so no policy has to allow it.
        if self.stores is not None and name not in (*self.stores, "memory"):
            raise PolicyForbids(
                f"{self.name} does not allow the store {name}", f"it allows: {_join_names(self.stores)}"
            )

    def require_login_method(self, name: str) -> None:
        """Raise PolicyForbids for a login method that is not allowed; a token in a variable is `static`."""
        if self.login_methods is not None and name not in self.login_methods:
            raise PolicyForbids(
                f"{self.name} does not allow the login method {name}",
                f"it allows: {_join_names(self.login_methods)}",
            )

    def require_secure(self, environment: Environment) -> None:
        """Raise PolicyForbids where a connection is not verified or not encrypted, and must be."""
        ways = {"": environment.network, "issuer-": environment.issuer_network}
        allowed = [
            f"{prefix}{field.replace('_', '-')}"
            for prefix, network in ways.items()
            for field in ("insecure", "insecure_http")
            if getattr(network, field)
        ]
        if allowed and not self.insecure:
            raise PolicyForbids(
                f"{self.name} does not allow --{allowed[0]} ({environment.url})",
                "leave it out; in an environment's file: "
                f"{suggest('env', 'set', environment.name, '--unset', allowed[0])}",
            )

    def tighten(self, other: Policy) -> Policy:
        """Return the policy that forbids whatever either of the two forbids."""
        return Policy(
            (*self.production, *other.production),
            (*self.read_only, *other.read_only),
            _intersection(self.stores, other.stores),
            _intersection(self.login_methods, other.login_methods),
            self.insecure and other.insecure,
            self.programs and other.programs,
            tuple(dict.fromkeys((*self.audit_logs, *other.audit_logs))),
            (*self.sources, *other.sources),
        )


def load_policy(environ: Mapping[str, str]) -> Policy:
    """Return the system's policy, tightened by the one that AIRFLOWCTL_POLICY names and by
    AIRFLOWCTL_AUDIT_LOG. Raises ConfigError: a policy that cannot be read forbids everything."""
    import os

    # The variable can only add to the system's policy: a user may tighten it, never loosen it.
    policy = _read(SYSTEM_FILE) or Policy()
    path = environ.get(VARIABLE, "").strip()
    if path:
        more = _read(os.path.expanduser(path))
        if more is None:
            raise ConfigError(f"{VARIABLE} names {path}, and there is no such file", f"unset {VARIABLE}")
        policy = policy.tighten(more)
    log = environ.get(AUDIT_VARIABLE, "").strip()
    return policy.tighten(Policy(audit_logs=(os.path.abspath(os.path.expanduser(log)),))) if log else policy


def matches(pattern: str, url: str) -> bool:
    """Return whether a pattern covers an address (as core.url.base_url makes them).

    `https://host/team-a` is that address and all below it; `host` is that host by any scheme, port and path;
    `*` and `?` stand for letters in either. A host's case does not matter.
    """
    from fnmatch import fnmatchcase

    from airflowctl.core.url import parse_address

    address = parse_address(url)
    # A DNS name with a dot at its end is the same host: without it the rule could be walked round.
    address = address._replace(host=address.host.rstrip("."))
    pattern, url = pattern.strip().rstrip("/"), address.base
    if "://" not in pattern:
        return fnmatchcase(address.host, pattern.lower().rstrip("."))
    scheme, _, rest = pattern.partition("://")
    host, slash, path = rest.partition("/")
    pattern = f"{scheme.lower()}://{host.lower()}{slash}{path}"
    return fnmatchcase(url, pattern) or fnmatchcase(url, f"{pattern}/*")


def _read(path: str) -> Policy | None:
    """Return the policy in a file; None where there is none."""
    content = read_private(path)
    if content is None:
        return None
    import tomllib

    try:
        return _parse(tomllib.loads(content.decode("utf-8")), path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        # What cannot be read counts as the worse case: the policy forbids
        # (docs/explanation/security.md, threat model 10).
        raise ConfigError(f"{path} is no policy: {error}", "fix it; until then no server is asked") from None


def _parse(table: dict[str, Any], path: str) -> Policy:
    """Return the policy of a parsed file; raises ValueError, also for a key that is not known."""
    # A key that is not known is refused: a rule that is mistyped must not be ignored.
    known = ("production", "read_only", "stores", "login_methods", "insecure", "programs", "audit_log")
    unknown = [key for key in table if key not in known]
    if unknown:
        raise ValueError(f"unknown key {unknown[0]} (known: {', '.join(known)})")
    log = table.get("audit_log")
    if not isinstance(log, str | None) or (log is not None and not log.startswith("/")):
        raise ValueError("audit_log is not an absolute path")
    read_only = table.get("read_only", False)
    return Policy(
        _texts(table, "production") or (),
        (("*",) if read_only else ()) if isinstance(read_only, bool) else _texts(table, "read_only") or (),
        _texts(table, "stores"),
        _texts(table, "login_methods"),
        _boolean(table, "insecure"),
        _boolean(table, "programs"),
        (log,) if log else (),
        (path,),
    )


def _texts(table: dict[str, Any], key: str) -> tuple[str, ...] | None:
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise ValueError(f"{key} is not a list of texts")
    return tuple(value)


def _boolean(table: dict[str, Any], key: str) -> bool:
    value = table.get(key, True)
    if not isinstance(value, bool):
        raise ValueError(f"{key} is not true or false")
    return value


def _intersection(names: tuple[str, ...] | None, others: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if names is None or others is None:
        return names if others is None else others
    return tuple(name for name in names if name in others)


def _join_names(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
