"""`assets details`: one asset, or one alias."""

from __future__ import annotations

from airflowctl.commands.assets import NAME, OPTIONAL, URI
from airflowctl.core.command import command, flag
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.assets.lookup import the_alias, the_asset

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "assets details",
    "Show one asset, the Dags that update it and the Dags that are scheduled on it.",
    OPTIONAL,
    NAME,
    URI,
    flag("--alias", help="The asset alias of this name or number."),
    op="get_asset",
    uses=("get_assets", "get_asset_alias", "get_asset_aliases"),
    aliases=("assets get",),
    classic="classic_server:show_asset",
    examples=("airflowctl assets details --name orders",),
)
def details(session: Session, asset: str | None, name: str | None, uri: str | None, alias: bool) -> Record:
    if not alias:
        return Record(the_asset(session, asset, name, uri), "name")
    if uri or (asset is None) == (name is None):
        raise UsageError("which alias is not clear", "give --alias with --name alone")
    return Record(the_alias(session, asset or str(name)), "name")
