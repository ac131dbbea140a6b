"""Environments: the servers that you use, by name. Here: the order of commands in help, and shared parts."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, arg, flag, opt
from airflowctl.core.converters import path
from airflowctl.core.environment import Network
from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.headers import header
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.environment import Environment
    from airflowctl.session.session import Session

MODULES = ("list", "use", "set", "show", "remove", "group", "discover")  # in the order of help

# Named as the fields of `Network` with a prefix: `Network.from_options` reads them by these names.
ISSUER_WAYS = (
    opt(
        "--issuer-ca-bundle", help="Trust only these certificates (PEM) for the issuer.",
        convert=path, metavar="FILE"
    ),
    opt(
        "--issuer-client-cert", help="Present this client certificate to the issuer (PEM).",
        convert=path, metavar="FILE"
    ),
    opt("--issuer-client-key", help="The key of this client certificate.", convert=path, metavar="FILE"),
    flag("--issuer-insecure", help="Do not verify the issuer's certificate: anyone on the network path"
        " can read what is sent to it."),
    flag("--issuer-insecure-http", help="Send secrets to the issuer over http:// too, unencrypted."),
)  # fmt: skip
ISSUER_PREFIX = "issuer_"
WAYS = tuple(f"{prefix}{way}".replace("_", "-") for prefix in ("", ISSUER_PREFIX) for way in Network._fields)
HEADER = opt(
    "--header",
    help="Add this header to each request: 'NAME: env:VARIABLE', file:PATH or 'cmd:PROGRAM ARGUMENT', with a"
    " scheme before the value, such as Bearer.",
    convert=header,
    repeatable=True,
    secret=ALWAYS,
    safer="env:VARIABLE in place of the value",
    metavar="HEADER",
)
NAME = arg("name", "The environment.", complete="environment")


def describe_protection(environment: Environment) -> dict[str, bool]:
    """`read_only` where it is set: rows without it stay as scripts know them."""
    return {"read_only": True} if environment.read_only else {}


def change_headers(
    headers: tuple[tuple[str, str], ...], added: tuple[tuple[str, str], ...], removed: tuple[str, ...] = ()
) -> tuple[tuple[str, str], ...]:
    """Return the headers with those of a line in place of the ones of the same name. Raises UsageError for a
    name to remove that none has."""
    known = {name.lower() for name, _ in headers}
    if missing := [name for name in removed if name.lower() not in known]:
        raise UsageError(f"there is no header {missing[0]}", did_you_mean(missing[0], known))
    gone = {name.lower() for name in (*removed, *(name for name, _ in added))}
    return (*(pair for pair in headers if pair[0].lower() not in gone), *added)


def describe_headers(environment: Environment) -> dict[str, object]:
    """Return its headers with where their values are read: the values are in no file of ours."""
    return (
        {"headers": [f"{name}: {value}" for name, value in environment.headers]}
        if environment.headers
        else {}
    )


def describe_ways(environment: Environment) -> dict[str, object]:
    """Return how its server and its issuer are reached, by the options that say so."""
    issuer = {
        f"{ISSUER_PREFIX}{field}": value for field, value in environment.issuer_network._asdict().items()
    }
    return {**environment.network._asdict(), **issuer}


def require_environment(session: Session, name: str) -> Environment:
    environment = session.environments.get(name)
    if environment is None:
        known = session.environments.names()
        has = f"there are: {', '.join(known)}" if known else "there are none yet"
        way = f"make it with: {suggest('auth', 'login', '-e', name, '--url', 'URL')}"
        hint = did_you_mean(name, known) or f"{has}; {way}"
        raise UsageError(f"there is no environment '{name}'", hint)
    return environment
