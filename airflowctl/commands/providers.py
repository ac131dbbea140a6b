"""Providers: the packages that connect Airflow to other systems."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag
from airflowctl.core.converters import some_text
from airflowctl.core.errors import NotFound, UsageError, did_you_mean
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT

if TYPE_CHECKING:
    from airflowctl.session.session import Session

FULL = flag(
    "-f",
    "--full",
    help="Refused: the contents of a provider are known only on the server's machine.",
    hidden=True,
    unsupported=True,
)
PROVIDER = names(
    "provider",
    op="get_providers",
    items="providers",
    key="package_name",
    note=("version",),
    fresh=300.0,
)


@command(
    "providers list",
    "List the provider packages of the API server.",
    LIMIT,
    op="get_providers",
    classic="classic_server:show_providers",
    examples=("airflowctl providers list",),
)
def list_providers(session: Session, limit: int | None) -> Rows:
    items = session.api.pages("get_providers", "providers", limit=limit)
    return Rows(items, ("package_name", "version", "description"), "package_name")


@command(
    "providers get",
    "Show one provider package.",
    arg(
        "provider_name",
        "The package, like apache-airflow-providers-http.",
        complete="provider",
        convert=some_text,
    ),
    FULL,
    op="get_providers",
    classic="classic_server:show_provider",
    examples=("airflowctl providers get apache-airflow-providers-http",),
)
def get(session: Session, provider_name: str, full: bool) -> Record:
    if full:
        hint = f"on the server's machine: airflow providers get {provider_name} --full"
        raise UsageError("the API does not return the contents of a provider (--full)", hint)
    record = {item["package_name"]: item for item in session.api.pages("get_providers", "providers")}
    for name in (provider_name, f"apache-airflow-providers-{provider_name}"):
        if name in record:
            return Record(record[name], "package_name")
    hint = did_you_mean(provider_name, record) or f"see: {suggest('providers', 'list')}"
    raise NotFound(f"there is no provider {provider_name} on the server", hint)
