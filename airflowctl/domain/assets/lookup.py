"""How a line names an asset or an alias, and finding the one that was meant."""

from __future__ import annotations

from airflowctl.core.errors import NotFound, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def the_asset(
    session: Session, asset: str | None, name: str | None = None, uri: str | None = None
) -> dict[str, Any]:
    """Return the asset that was meant: by number, else the only one of this name, URI or both."""
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
    records = [
        record
        for record in session.api.pages("get_assets", "assets", query=query)
        if name in (None, record["name"]) and uri in (None, record["uri"])
    ]
    message = " and ".join(f"{field} {text}" for field, text in (("name", name), ("URI", uri)) if text)
    if not records:
        raise NotFound(f"there is no asset of the {message}", f"see: {suggest('assets', 'list')}")
    if len(records) > 1:
        candidates = ", ".join(f"{record['id']} ({record['name']}, {record['uri']})" for record in records)
        raise UsageError(f"there is more than one asset of the {message}", f"give its number: {candidates}")
    return records[0]


def the_alias(session: Session, alias: str) -> dict[str, Any]:
    if alias.isascii() and alias.isdigit():
        return session.api.record("get_asset_alias", "name", asset_alias_id=alias)
    pages = session.api.pages("get_asset_aliases", "asset_aliases", query={"name_pattern": alias})
    record = next((entry for entry in pages if entry["name"] == alias), None)
    if record is None:
        raise NotFound(f"there is no alias {alias}", f"see: {suggest('assets', 'list', '--alias')}")
    return record
