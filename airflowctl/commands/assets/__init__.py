"""Assets. Here: the order of the commands in help, and what several of them share."""

from __future__ import annotations

from airflowctl.core.command import arg, opt
from airflowctl.core.converters import some_text
from airflowctl.core.kinds import names

MODULES = (  # in the order of help
    "list",
    "details",
    "get_by_alias",
    "materialize",
    "create_event",
    "list_events",
    "get",
    "delete",
    "state",
)


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
ASSET_URI = names(
    "asset uri",
    op="get_assets",
    items="assets",
    key="uri",
    search="uri_pattern",
    note=("name",),
    fresh=120.0,
)
ASSET = arg(
    "asset", "The asset: its number, its name or its URI.", complete="asset", convert=some_text,
    aliases=("--asset-id",),
)  # fmt: skip
OPTIONAL = ASSET._replace(default=None, required=False)
NAME = opt("--name", help="The asset of this name.", complete="asset", convert=some_text, metavar="NAME")
URI = opt("--uri", help="The asset of this URI.", complete="asset uri", convert=some_text, metavar="URI")
