"""`assets get-by-alias`: one alias of assets."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import some_text
from airflowctl.core.kinds import names
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.assets.lookup import the_alias

if TYPE_CHECKING:
    from airflowctl.session.session import Session


ALIAS_NAMES = names(
    "asset-alias", op="get_asset_aliases", items="asset_aliases", key="name", search="name_pattern"
)


@command(
    "assets get-by-alias",
    "Show one asset alias.",
    arg(
        "alias",
        "The alias, by its name or number.",
        complete="asset-alias",
        convert=some_text,
        aliases=("--alias-id",),
    ),
    op="get_asset_alias",
    uses=("get_asset_aliases",),
    aliases=("assets get-alias",),
    examples=("airflowctl assets get-by-alias orders",),
)
def get_alias(session: Session, alias: str) -> Record:
    return Record(the_alias(session, alias), "name")
