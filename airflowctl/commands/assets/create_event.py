"""`assets create-event`: says that an asset has changed."""

from __future__ import annotations

from airflowctl.commands.assets import ASSET
from airflowctl.core.command import command, opt, toggle
from airflowctl.core.converters import json_object, some_text
from airflowctl.core.effect import CREATES
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.assets.lookup import the_asset

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


@command(
    "assets create-event",
    "Record an event of an asset: Dags that are scheduled on the asset start.",
    ASSET,
    opt(
        "--extra",
        help="Extra data of the event, a JSON object; @FILE or - reads it.",
        convert=json_object,
        metavar="JSON",
    )._replace(refers="@"),
    opt("--partition-key", help="The partition that changed.", convert=some_text, metavar="KEY",
        since="3.2"),
    opt("--consumer-team", help="Only for Dags of this team, or of several.", repeatable=True, default=(),
        complete="team", convert=some_text, metavar="NAME", since="3.3"),
    toggle("--allow-global", help="Also for Dags of no team.", no_help="Only for Dags of the asset's"
        " team.",
           since="3.3"),
    effect=CREATES,
    op="create_asset_event",
    uses=("get_asset", "get_assets"),
    aliases=("assets events create",),
    examples=("airflowctl assets create-event orders --extra '{\"rows\": 7}'",),
)  # fmt: skip
def create_event(
    session: Session,
    asset: str,
    extra: dict[str, Any] | None,
    partition_key: str | None,
    consumer_team: tuple[str, ...],
    allow_global: bool | None,
) -> Record:
    body: dict[str, Any] = {"asset_id": the_asset(session, asset)["id"]}
    access = {"consumer_teams": list(consumer_team) or None, "allow_global": allow_global}
    named = {name: value for name, value in access.items() if value is not None}
    values = {"extra": extra, "partition_key": partition_key, "access_control": named or None}
    body |= {name: value for name, value in values.items() if value is not None}
    event = session.api.record("create_asset_event", "id", body=body)
    return Record(event, "id")
