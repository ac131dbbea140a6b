"""`assets state ...`: values that watchers and tasks keep with an asset, from Airflow 3.3 on."""

from __future__ import annotations

from airflowctl.commands.assets import ASSET
from airflowctl.core.command import ALWAYS, arg, command, flag
from airflowctl.core.converters import json_value, slashed_identifier
from airflowctl.core.effect import CHANGE, DELETE, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, format_list
from airflowctl.domain.assets.lookup import the_asset
from airflowctl.domain.params import DRY_RUN, LIMIT, by_reference

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


KEPT = names(
    "asset state key",
    op="list_asset_state_store",
    items="asset_state_store",
    key="key",
    scope={"asset_id": "asset"},
    fresh=5.0,
)
KEY = arg("key", "The key.", complete="asset state key", convert=slashed_identifier)
COLUMNS = ("key", "value", "updated_at")
USES = ("get_asset", "get_assets")


@command(
    "assets state list",
    "List the values that are stored with an asset.",
    ASSET,
    LIMIT,
    op="list_asset_state_store",
    uses=USES,
    examples=("airflowctl assets state list orders",),
)
def list_state(session: Session, asset: str, limit: int | None) -> Rows:
    text = _id(session, asset)
    items = session.api.pages("list_asset_state_store", "asset_state_store", limit=limit, asset_id=text)
    return Rows(items, COLUMNS, "key")


@command(
    "assets state get",
    "Print a value that is stored with an asset; with -o the whole record.",
    ASSET,
    KEY,
    op="get_asset_state_store",
    uses=USES,
    examples=("airflowctl assets state get orders watermark",),
)
def get_state(session: Session, asset: str, key: str) -> Text:
    from airflowctl.domain.crud import render_value

    return render_value(
        session.api.record("get_asset_state_store", "value", asset_id=_id(session, asset), key=key)
    )


@command(
    "assets state set",
    "Store a value with an asset; a value of the same key is replaced.",
    ASSET,
    KEY,
    *by_reference(arg("value", "The value: a text or, with --json, any JSON.", secret="key")),
    flag("-j", "--json", help="The value is JSON."),
    effect=effect(CHANGE, "value", "key", "asset", becomes="replaced", repeatable=True),
    op="set_asset_state_store",
    invalidates=("asset state key",),
    uses=USES,
    examples=("airflowctl assets state set orders watermark 2026-11-01",),
)
def set_state(session: Session, asset: str, key: str, value: str, json: bool) -> Text:
    try:
        body = {"value": json_value(value) if json else value}
    except ValueError as error:
        raise UsageError(f"VALUE: {error}") from None
    session.api.call("set_asset_state_store", body=body, asset_id=_id(session, asset), key=key)
    return Text(f"set {key}", {"key": key, **body})


@command(
    "assets state delete",
    "Delete a value that is stored with an asset.",
    ASSET,
    KEY,
    DRY_RUN,
    effect=effect(DELETE, "value", "key", "asset", repeatable=True),
    op="delete_asset_state_store",
    invalidates=("asset state key",),
    uses=(*USES, "get_asset_state_store"),
    about="The server reports no error for a key that does not exist, so the key is looked up first.",
    examples=("airflowctl assets state delete orders watermark",),
)
def delete_state(session: Session, asset: str, key: str, dry_run: bool) -> Text:
    from airflowctl.domain.crud import render_deletion

    text = _id(session, asset)
    # The server answers 204 for a key that is not there: a slip in it would look like a success.
    session.api.record("get_asset_state_store", "value", asset_id=text, key=key)
    if not dry_run:
        session.api.call("delete_asset_state_store", asset_id=text, key=key)
    return render_deletion(key, dry_run)


@command(
    "assets state clear",
    "Delete all values that are stored with an asset.",
    ASSET,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "value", repeatable=True),
    op="clear_asset_state_store",
    invalidates=("asset state key",),
    uses=(*USES, "list_asset_state_store"),
    about="It asks first, and shows how many there are.",
    examples=("airflowctl assets state clear orders",),
)
def clear_state(session: Session, asset: str, dry_run: bool) -> Result:
    text = _id(session, asset)
    # Counted before the question: one request deletes whatever is there by then.
    items = list(session.api.pages("list_asset_state_store", "asset_state_store", asset_id=text))
    if dry_run or not items:
        return Rows(items, COLUMNS, "key", empty="nothing is kept with it")
    count = format_count(len(items), "value")
    keys = format_list(str(item["key"]) for item in items)
    session.console.confirm(
        f"{count} kept with {asset} would be deleted. Named: {keys}", "assets state clear"
    )
    session.api.call("clear_asset_state_store", asset_id=text)
    return Text(f"deleted {count}", {"deleted": [item["key"] for item in items]})


def _id(session: Session, asset: str) -> str:
    return str(the_asset(session, asset)["id"])
