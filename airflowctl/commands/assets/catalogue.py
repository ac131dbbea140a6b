"""Which assets and aliases there are, and how a line names one."""

from __future__ import annotations

from airflowctl.core.command import LIMIT, arg, command, flag, opt, pattern
from airflowctl.core.converters import identifier, some_text
from airflowctl.core.errors import NotFound, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

ASSET_NAMES = names(
    "asset",
    op="get_assets",
    items="assets",
    key="name",
    search="name_pattern",
    note=("uri",),
    fresh=120.0,
    number="id",
)
ALIAS_NAMES = names(
    "asset-alias", op="get_asset_aliases", items="asset_aliases", key="name", search="name_pattern"
)
ASSET = arg(
    "asset", "The asset: its number, its name or its URI.", complete="asset", convert=some_text,
    also=("--asset-id",),
)  # fmt: skip
OPTIONAL = ASSET._replace(default=None, required=False)
NAME = opt("--name", help="The asset of this name.", complete="asset", convert=some_text, metavar="NAME")
ASSET_URI = names(
    "asset uri",
    op="get_assets",
    items="assets",
    key="uri",
    search="uri_pattern",
    note=("name",),
    fresh=120.0,
)
URI = opt("--uri", help="The asset of this URI.", complete="asset uri", convert=some_text, metavar="URI")


def the_asset(
    session: Session, asset: str | None, name: str | None = None, uri: str | None = None
) -> dict[str, Any]:
    """The asset that was meant: by number, else the only one of this name, URI or both."""
    if asset is None and name is None and uri is None:
        raise UsageError("no asset is named", "give its number, --name or --uri")
    if asset is not None and (name or uri):
        raise UsageError("the asset is named twice", "give ASSET, or --name and --uri")
    if asset is not None and asset.isascii() and asset.isdigit():
        return session.api.record("get_asset", "id", asset_id=asset)
    if asset is not None:
        name, uri = (None, asset) if "://" in asset else (asset, None)
    # The patterns find more than the text itself, and `_`, `%` and `|` in it mean something else.
    query = {"name_pattern": name, "uri_pattern": uri, "only_active": False}
    found = [
        each
        for each in session.api.pages("get_assets", "assets", query=query)
        if name in (None, each["name"]) and uri in (None, each["uri"])
    ]
    told = " and ".join(f"{what} {text}" for what, text in (("name", name), ("URI", uri)) if text)
    if not found:
        raise NotFound(f"there is no asset of the {told}", f"see: {suggest('assets', 'list')}")
    if len(found) > 1:
        several = ", ".join(f"{each['id']} ({each['name']}, {each['uri']})" for each in found)
        raise UsageError(f"there is more than one asset of the {told}", f"give its number: {several}")
    return found[0]


@command(
    "assets list",
    "List the assets, or their aliases.",
    pattern("names"),
    opt("--uri", help="Only assets with this in their URI.",
        complete="asset uri", convert=some_text, metavar="TEXT"),
    opt("--dag-id", help="Only assets of this Dag, or of any of several.", many=True, complete="dag",
        convert=identifier, metavar="DAG_ID"),
    flag("--active", help="Only those that a Dag still names; the classic CLI lists all."),
    flag("--alias", help="List the aliases instead."),
    LIMIT,
    op="get_assets",
    uses=("get_asset_aliases",),
    examples=("airflowctl assets list --pattern orders", "airflowctl assets list --dag-id etl -o wide",),
)  # fmt: skip
def list_assets(
    session: Session,
    pattern: str | None,
    uri: str | None,
    dag_id: tuple[str, ...],
    active: bool,
    alias: bool,
    limit: int | None,
) -> Rows:
    if alias and (uri or dag_id or active):
        raise UsageError("aliases have neither --uri nor --dag-id nor --active", "leave them out")
    if alias:
        return _aliases(session, pattern, limit)
    query = {
        "name_pattern": pattern, "uri_pattern": uri, "dag_ids": dag_id, "only_active": active,
        "order_by": "name",
    }  # fmt: skip
    items = session.api.pages("get_assets", "assets", limit=limit, query=query)
    return Rows(items, ("id", "name", "uri", "group"), "name")


@command(
    "assets list-by-alias",
    "List the aliases of assets.",
    pattern("names"),
    LIMIT,
    op="get_asset_aliases",
    also=("assets list-aliases",),
    examples=("airflowctl assets list-by-alias --pattern orders",),
)
def list_aliases(session: Session, pattern: str | None, limit: int | None) -> Rows:
    return _aliases(session, pattern, limit)


def _aliases(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"name_pattern": pattern, "order_by": "name"}
    items = session.api.pages("get_asset_aliases", "asset_aliases", limit=limit, query=query)
    return Rows(items, ("id", "name", "group"), "name")


@command(
    "assets details",
    "Show one asset, and which Dags make it and wait for it.",
    OPTIONAL,
    NAME,
    URI,
    flag("--alias", help="It is an alias of this name or number."),
    op="get_asset",
    uses=("get_assets", "get_asset_alias", "get_asset_aliases"),
    also=("assets get",),
    examples=("airflowctl assets details --name orders",),
)
def details(session: Session, asset: str | None, name: str | None, uri: str | None, alias: bool) -> Record:
    if not alias:
        return Record(the_asset(session, asset, name, uri), "name")
    if uri or (asset is None) == (name is None):
        raise UsageError("which alias is not clear", "give --alias with --name alone")
    return Record(_the_alias(session, asset or str(name)), "name")


@command(
    "assets get-by-alias",
    "Show one alias of assets.",
    arg("alias", "Its name or its number.", complete="asset-alias", convert=some_text, also=("--alias-id",)),
    op="get_asset_alias",
    uses=("get_asset_aliases",),
    also=("assets get-alias",),
    examples=("airflowctl assets get-by-alias orders",),
)
def get_alias(session: Session, alias: str) -> Record:
    return Record(_the_alias(session, alias), "name")


def _the_alias(session: Session, alias: str) -> dict[str, Any]:
    if alias.isascii() and alias.isdigit():
        return session.api.record("get_asset_alias", "name", asset_alias_id=alias)
    pages = session.api.pages("get_asset_aliases", "asset_aliases", query={"name_pattern": alias})
    found = next((each for each in pages if each["name"] == alias), None)
    if found is None:
        raise NotFound(f"there is no alias {alias}", f"see: {suggest('assets', 'list', '--alias')}")
    return found
