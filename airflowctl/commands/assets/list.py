"""`assets list` and `assets list-by-alias`: assets and their aliases."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import identifier, some_text
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT, pattern

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "assets list",
    "List the assets, or their aliases.",
    pattern("names"),
    opt("--uri", help="Only assets with this in their URI.",
        complete="asset uri", convert=some_text, metavar="TEXT"),
    opt("--dag-id", help="Only assets of this Dag, or of any of several.", repeatable=True, complete="dag",
        convert=identifier, metavar="DAG_ID"),
    flag("--active", help="Only assets that a Dag still references; the classic CLI lists all."),
    flag("--alias", help="List the aliases instead."),
    LIMIT,
    op="get_assets",
    uses=("get_asset_aliases",),
    classic="classic_server:show_assets",
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
    "List the asset aliases.",
    pattern("names"),
    LIMIT,
    op="get_asset_aliases",
    aliases=("assets list-aliases",),
    examples=("airflowctl assets list-by-alias --pattern orders",),
)
def list_aliases(session: Session, pattern: str | None, limit: int | None) -> Rows:
    return _aliases(session, pattern, limit)


def _aliases(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"name_pattern": pattern, "order_by": "name"}
    items = session.api.pages("get_asset_aliases", "asset_aliases", limit=limit, query=query)
    return Rows(items, ("id", "name", "group"), "name")
