"""What is to be known of an environment."""

from __future__ import annotations

from airflowctl.commands.env import (
    HEADER,
    ISSUER_PREFIX,
    ISSUER_WAYS,
    NAME,
    WAYS,
    change_headers,
    describe_headers,
    describe_protection,
    describe_ways,
    require_environment,
)
from airflowctl.core.command import command, opt, toggle
from airflowctl.core.environment import Network
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from airflowctl.core.environment import Environment
    from airflowctl.session.session import Session


class ChangeValues(NamedTuple):
    """The values of `env set`."""

    name: str
    production: bool | None
    read_only: bool | None
    unset: tuple[str, ...]
    header: tuple[tuple[str, str], ...]
    remove_header: tuple[str, ...]
    issuer_ca_bundle: str | None
    issuer_client_cert: str | None
    issuer_client_key: str | None
    issuer_insecure: bool
    issuer_insecure_http: bool


@command(
    "env set",
    "Change the settings of an environment.",
    NAME,
    toggle(
        "--production",
        help="Mark it in the prompt, and ask for its name before every change.",
        no_help="It is not production, whatever its name is.",
    ),
    toggle(
        "--read-only",
        help="Refuse every line that would change something on its server.",
        no_help="Allow changes on its server again.",
    ),
    opt("--unset", help="Remove this connection option from the environment.", repeatable=True, choices=WAYS),
    HEADER,
    opt("--remove-header", help="Stop sending the header of this name.", repeatable=True, metavar="NAME"),
    *ISSUER_WAYS,
    about="An environment with prod, production, prd or live as a word of its name (between - _ .)"
    " counts as production unless --no-production is set; a line with its address in --url counts"
    " too. Connection options (--ca-bundle FILE, --insecure and so on) are stored with the"
    " environment until --unset removes them.",
    examples=(
        "airflowctl env set live --production",
        "airflowctl env set reprod --no-production",
        "airflowctl env set staging --unset insecure",
        "airflowctl env set staging --header 'X-Gate: env:GATE_KEY'",
    ),
)
def change(session: Session, values: ChangeValues) -> Record:
    name, unset = values.name, values.unset
    production, read_only = values.production, values.read_only
    environment = require_environment(session, name)
    network, issuer_network = _line_network(session), Network.from_options(values._asdict(), ISSUER_PREFIX)
    # Without this, a mistyped line would rewrite the file and look like a success.
    if (
        production is None
        and read_only is None
        and not any((unset, values.header, values.remove_header, *network, *issuer_network))
    ):
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
            network=_change_way(current.network, network, "", unset),
            issuer_network=_change_way(current.issuer_network, issuer_network, ISSUER_PREFIX, unset),
            headers=change_headers(current.headers, values.header, values.remove_header),
        )

    kept = session.environments.update(name, change_file)
    session.forget_servers()
    way = {way: value for way, value in describe_ways(kept).items() if value}
    facts = {
        "name": name,
        "production": kept.is_production,
        **describe_protection(kept),
        **way,
        **describe_headers(kept),
    }
    return Record(facts, "name")


def _change_way(way: Network, line_network: Network, prefix: str, unset: tuple[str, ...]) -> Network:
    """Return the way to a server with what a line says, and without what it takes back. Raises UsageError
    where it does both with a field."""
    back = [field for field in Network._fields if f"{prefix}{field}".replace("_", "-") in unset]
    option = next(
        (f"{prefix}{field}".replace("_", "-") for field in back if getattr(line_network, field)), ""
    )
    if option:
        raise UsageError(f"--{option} and --unset {option} cannot stand in one line", "leave one of them out")
    return line_network.over(way)._replace(**{field: Network._field_defaults[field] for field in back})


def _line_network(session: Session) -> Network:
    """Return what this line says of the way to a server; what a shell was started with is of no one
    environment."""
    network = session.options.network
    if not session.is_lasting:
        return network
    before = session.parts.base.options.network._asdict()
    return Network(**{way: value for way, value in network._asdict().items() if value != before[way]})
