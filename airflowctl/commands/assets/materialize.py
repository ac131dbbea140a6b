"""`assets materialize`: starts a run of the Dag that makes an asset."""

from __future__ import annotations

from airflowctl.commands.assets import NAME, OPTIONAL, URI
from airflowctl.core.command import command, opt
from airflowctl.core.converters import identifier, json_object, some_text, timestamp
from airflowctl.core.effect import CREATES
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.assets.lookup import the_asset
from airflowctl.domain.runs.lookup import TIMEOUT, WAIT, WATCHING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


FIELDS = (
    "dag_run_id", "conf", "logical_date", "run_after", "note", "partition_key", "data_interval_start",
    "data_interval_end",
)  # fmt: skip
RUN = ("dag_id", "dag_run_id", "state", "run_type", "logical_date", "run_after", "conf", "note")


class MaterializeValues(NamedTuple):
    """The values of `assets materialize`."""

    asset: str | None
    name: str | None
    uri: str | None
    dag_run_id: str | None
    conf: dict[str, Any] | None
    logical_date: str | None
    run_after: str | None
    data_interval_start: str | None
    data_interval_end: str | None
    note: str | None
    partition_key: str | None
    wait: bool
    timeout: float | None


@command(
    "assets materialize",
    "Start a run of the Dag that updates an asset.",
    OPTIONAL,
    NAME,
    URI,
    opt("-r", "--run-id", name="dag_run_id", help="Id for the new run; the server generates one if not"
        " given.",
        convert=identifier, metavar="RUN_ID", aliases=("--dag-run-id",), since="3.2"),
    opt("-c", "--conf", help="Parameters of the run, a JSON object; @FILE or - reads it.",
        convert=json_object, metavar="JSON", since="3.2")._replace(refers="@"),
    opt("-l", "--logical-date", help="Logical date; none if not given.", convert=timestamp, metavar="DATE",
        since="3.2"),
    opt("--run-after", help="Start it no earlier than this.", convert=timestamp, metavar="DATE", since="3.2"),
    opt("--data-interval-start", help="Start of the data interval.", convert=timestamp, metavar="DATE",
        since="3.2"),
    opt("--data-interval-end", help="End of the data interval.", convert=timestamp, metavar="DATE",
        since="3.2"),
    opt("--note", help="A note on the run.", metavar="TEXT", since="3.2"),
    opt("--partition-key", help="Partition key of the run.", convert=some_text, metavar="KEY", since="3.2"),
    WAIT,
    TIMEOUT._replace(help="With --wait: give up after this long; exit 3."),
    effect=CREATES,
    op="materialize_asset",
    uses=("get_asset", "get_assets", *WATCHING),
    invalidates=("run",),
    about="Exactly one Dag must update the asset. A paused Dag stays paused, and its run waits.",
    classic="classic_runs:materialize",
    examples=("airflowctl assets materialize --name orders",),
)  # fmt: skip
def materialize(session: Session, values: MaterializeValues) -> Record:
    if values.timeout is not None and not values.wait:
        raise UsageError("--timeout says how long to wait", "give --wait too")
    asset = the_asset(session, values.asset, values.name, values.uri)
    # Airflow before 3.2 takes no body here, and refuses an empty one too.
    body = {name: getattr(values, name) for name in FIELDS if getattr(values, name) is not None}
    run = session.api.record("materialize_asset", "dag_run_id", body=body or None, asset_id=str(asset["id"]))
    # Which Dag makes the asset is known by the run only: the line names the asset.
    if values.wait:
        from airflowctl.domain.runs.watch_run import wait_for_end

        return wait_for_end(session, str(run["dag_id"]), run, values.timeout)
    return Record(run, "dag_run_id", RUN)
