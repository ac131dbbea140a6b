"""Environments: servers by name."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag, opt, toggle
from airflowctl.core.converters import path
from airflowctl.core.environment import Network
from airflowctl.core.errors import ConfigError, PolicyForbids, StoreUnavailable, UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from airflowctl.core.environment import Environment
    from airflowctl.session.session import Session

# Named as the fields of `Network` with a prefix: `Network.from_options` reads them by these names.
ISSUER_WAYS = (
    opt(
        "--issuer-ca-bundle", help="Trust these certificates (PEM) at the issuer, and no others.",
        convert=path, metavar="FILE"
    ),
    opt(
        "--issuer-client-cert", help="Show this certificate to the issuer (PEM).",
        convert=path, metavar="FILE"
    ),
    opt("--issuer-client-key", help="The key of that certificate.", convert=path, metavar="FILE"),
    flag("--issuer-insecure", help="Do not check the issuer's certificate: what is sent there can be read."),
    flag("--issuer-insecure-http", help="Send secrets to the issuer over http:// too, unencrypted."),
)  # fmt: skip
_ISSUER = "issuer_"
WAYS = tuple(f"{prefix}{way}".replace("_", "-") for prefix in ("", _ISSUER) for way in Network._fields)
NAME = arg("name", "The environment.", complete="environment")


@command(
    "env list",
    "List the environments, the one in use first marked.",
    about="Asks no server.",
    examples=("airflowctl env list",),
)
def list_environments(session: Session) -> Rows:
    known = (session.environments.get(name) for name in session.environments.names())
    rows = [
        {
            "name": environment.name,
            "in_use": environment.name == session.environment_name,
            "url": environment.url,
            "username": environment.username or None,
            "method": environment.method or None,
            "store": environment.store or None,
            "production": environment.is_production,
            **_protection(environment),
        }
        for environment in known
        if environment is not None
    ]
    empty = f"there are none yet: {suggest('auth', 'login', '--url', 'URL')}"
    columns = ("name", "in_use", "url", "username", "method", "store", "production", "read_only")
    return Rows(rows, columns, "name", optional={"production": False, "read_only": False}, empty=empty)


@command(
    "env use",
    "Use an environment wherever no other is named.",
    NAME,
    about="In the shell and in a batch until they end, else from now on. --env and AIRFLOW_CLI_ENVIRONMENT go"
    " before it.",
    examples=("airflowctl env use staging",),
)
def use(session: Session, name: str) -> Text:
    environment = _require_environment(session, name)
    if session.is_lasting:
        session.select(environment)
    else:
        # One line of the system's shell has no session to change, so the choice outlives it.
        session.environments.write_default(name)
        session.parts.default_environment = name  # for the lines that follow in a file
    return Text(f"{name} is in use: {environment.url}", {"environment": name, "url": environment.url})


class ChangeValues(NamedTuple):
    """The values of `env set`."""

    name: str
    production: bool | None
    read_only: bool | None
    unset: tuple[str, ...]
    issuer_ca_bundle: str | None
    issuer_client_cert: str | None
    issuer_client_key: str | None
    issuer_insecure: bool
    issuer_insecure_http: bool


@command(
    "env set",
    "Say what is to be known of an environment.",
    NAME,
    toggle(
        "--production",
        help="Mark it in the prompt, and ask there before every change, for its name.",
        no_help="It is no production, whatever its name.",
    ),
    toggle(
        "--read-only",
        help="Refuse whatever would change something on its server.",
        no_help="Allow changes on its server again.",
    ),
    opt("--unset", help="Reach it in the usual way again, without this.", repeatable=True, choices=WAYS),
    *ISSUER_WAYS,
    about="One with prod, production, prd or live as a word of its name (between - _ .) is taken for"
    " production, unless it is said here that it is not; so is the address of one, given by --url. The"
    " options of the way to a server (--ca-bundle FILE, --insecure and so on) are kept with it, until --unset"
    " takes them back.",
    examples=(
        "airflowctl env set live --production",
        "airflowctl env set reprod --no-production",
        "airflowctl env set staging --unset insecure",
    ),
)
def change(session: Session, values: ChangeValues) -> Record:
    name, unset = values.name, values.unset
    production, read_only = values.production, values.read_only
    environment = _require_environment(session, name)
    said, said_of_issuer = _line_network(session), Network.from_options(values._asdict(), _ISSUER)
    # Without this, a mistyped line would rewrite the file and look like a success.
    if production is None and read_only is None and not unset and not any((*said, *said_of_issuer)):
        raise UsageError(
            "nothing to change is named",
            "give --production, --read-only (or --no-...), a way to the server like --ca-bundle FILE, or"
            " --unset",
        )

    # Applied to the file as it is under the lock: another process may have changed it since this line read
    # it.
    def change_file(before: Environment | None) -> Environment:
        current = before or environment
        return current._replace(
            production=current.production if production is None else production,
            read_only=current.read_only if read_only is None else read_only,
            network=_change_way(current.network, said, "", unset),
            issuer_network=_change_way(current.issuer_network, said_of_issuer, _ISSUER, unset),
        )

    kept = session.environments.update(name, change_file)
    session.forget_servers()
    way = {way: value for way, value in _ways(kept).items() if value}
    facts = {"name": name, "production": kept.is_production, **_protection(kept), **way}
    return Record(facts, "name")


def _change_way(way: Network, said: Network, prefix: str, unset: tuple[str, ...]) -> Network:
    """With what a line says, and without what it takes back; raises UsageError for both of one."""
    back = [field for field in Network._fields if f"{prefix}{field}".replace("_", "-") in unset]
    both = next((f"{prefix}{field}".replace("_", "-") for field in back if getattr(said, field)), "")
    if both:
        raise UsageError(f"--{both} and --unset {both} cannot stand in one line", "leave one of them out")
    return said.over(way)._replace(**{field: Network._field_defaults[field] for field in back})


def _ways(environment: Environment) -> dict[str, object]:
    """Return how its server and its issuer are reached, by the options that say so."""
    issuer = {f"{_ISSUER}{field}": value for field, value in environment.issuer_network._asdict().items()}
    return {**environment.network._asdict(), **issuer}


@command(
    "env show",
    "Show what is known of an environment.",
    arg("name", "The environment; the one in use if not given.", default=None, complete="environment"),
    examples=("airflowctl env show staging",),
)
def show(session: Session, name: str | None) -> Record:
    environment = _require_environment(session, session.environment_name if name is None else name)
    facts = {
        "name": environment.name,
        "url": environment.url,
        "username": environment.username,
        "method": environment.method,
        "store": environment.store,
        "command": list(environment.command),
        "max_session_hours": environment.max_session,
        **dict(environment.settings),
        **_ways(environment),
        "production": environment.is_production,
        "read_only": environment.read_only,
        "file": session.environments.path(environment.name),
    }
    return Record({name: value for name, value in facts.items() if value}, "name")


@command(
    "env remove",
    "Forget an environment, and its login here.",
    NAME,
    about="The login is revoked at its server too, where that can be; what it is still good for is said.",
    examples=("airflowctl env remove staging",),
)
def remove(session: Session, name: str) -> Text:
    from contextlib import suppress

    from airflowctl.auth.stored_login import forget, words_for_end

    where = ""
    try:
        environment = _require_environment(session, name)
        where = f" ({environment.url})"
        line = session.with_options(session.options._replace(env=name, url=None))
        forgotten = forget(line.login_context, environment)
        if forgotten.credential and forgotten.is_still_good:
            session.output.note(f"its login was not revoked: {words_for_end(forgotten.credential)}")
    # A keyring that cannot be opened must not keep an environment alive: the user is warned, and the file
    # goes.
    except (StoreUnavailable, ConfigError, PolicyForbids) as error:
        session.output.note(f"its login may still be kept: {error.message}")
    session.environments.remove(name)
    # The environment is gone by now; a file of the default that cannot be read names none.
    with suppress(ConfigError):
        if session.environments.read_default() == name:
            session.environments.write_default("")
    session.forget_servers()
    return Text(f"removed {name}{where}", {"removed": name})


def _protection(environment: Environment) -> dict[str, bool]:
    """`read_only` where it is set: rows without it stay as scripts know them."""
    return {"read_only": True} if environment.read_only else {}


def _line_network(session: Session) -> Network:
    """Return what this line says of the way to a server; what a shell was started with is of no one
    environment."""
    said = session.options.network
    if not session.is_lasting:
        return said
    before = session.parts.base.options.network._asdict()
    return Network(**{way: value for way, value in said._asdict().items() if value != before[way]})


def _require_environment(session: Session, name: str) -> Environment:
    environment = session.environments.get(name)
    if environment is None:
        known = session.environments.names()
        hint = did_you_mean(name, known) or (
            f"there are: {', '.join(known)}" if known else "there are none yet"
        )
        raise UsageError(f"there is no environment '{name}'", hint)
    return environment
