"""What happened to assets, and making it happen."""

from __future__ import annotations

from airflowctl.commands.assets.catalogue import ASSET, NAME, OPTIONAL, URI, the_asset
from airflowctl.core.command import LIMIT_NEWEST, command, opt, toggle
from airflowctl.core.converters import identifier, json_object, some_text, timestamp
from airflowctl.core.effect import CREATES
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import TIMEOUT, WAIT, WATCHING
from airflowctl.domain.tasks.lookup import MAP_INDEX

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
    "Start a run of the Dag that makes an asset.",
    OPTIONAL,
    NAME,
    URI,
    opt("-r", "--run-id", name="dag_run_id", help="Id for the new run; not given, the server makes one.",
        convert=identifier, metavar="RUN_ID", also=("--dag-run-id",), since="3.2"),
    opt("-c", "--conf", help="Parameters of the run, a JSON object.", convert=json_object, metavar="JSON",
        since="3.2"),
    opt("-l", "--logical-date", help="Logical date; none if not given.", convert=timestamp, metavar="DATE",
        since="3.2"),
    opt("--run-after", help="Do not start before this.", convert=timestamp, metavar="DATE", since="3.2"),
    opt("--data-interval-start", help="Where its data begins.", convert=timestamp, metavar="DATE",
        since="3.2"),
    opt("--data-interval-end", help="Where its data ends.", convert=timestamp, metavar="DATE", since="3.2"),
    opt("--note", help="A note on the run.", metavar="TEXT", since="3.2"),
    opt("--partition-key", help="The partition to make.", convert=some_text, metavar="KEY", since="3.2"),
    WAIT,
    TIMEOUT._replace(help="With --wait: give up after this long; exit 3."),
    effect=CREATES,
    op="materialize_asset",
    uses=("get_asset", "get_assets", *WATCHING),
    changes=("run",),
    about="Exactly one Dag must make the asset; a paused one stays paused, and its run waits.",
    examples=("airflowctl assets materialize --name orders",),
)  # fmt: skip
def materialize(session: Session, values: MaterializeValues) -> Record:
    if values.timeout is not None and not values.wait:
        raise UsageError("--timeout says how long to wait", "give --wait too")
    asset = the_asset(session, values.asset, values.name, values.uri)
    body = {name: getattr(values, name) for name in FIELDS if getattr(values, name) is not None}
    run = session.api.record("materialize_asset", "dag_run_id", body=body or None, asset_id=str(asset["id"]))
    if values.wait:
        from airflowctl.domain.runs.watch_run import finished

        return finished(session, str(run["dag_id"]), run, values.timeout)
    return Record(run, "dag_run_id", RUN)


@command(
    "assets create-event",
    "Say that an asset has changed: Dags that wait for it are started.",
    ASSET,
    opt("--extra", help="What to tell those Dags, a JSON object.", convert=json_object, metavar="JSON"),
    opt("--partition-key", help="The partition that changed.", convert=some_text, metavar="KEY",
        since="3.2"),
    opt("--consumer-team", help="Only for Dags of this team, or of several.", many=True, default=(),
        complete="team", convert=some_text, metavar="NAME", since="3.3"),
    toggle("--allow-global", help="Also for Dags of no team, or not.", since="3.3"),
    effect=CREATES,
    op="create_asset_event",
    uses=("get_asset", "get_assets"),
    also=("assets events create",),
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
    given = {"extra": extra, "partition_key": partition_key, "access_control": named or None}
    body |= {name: value for name, value in given.items() if value is not None}
    event = session.api.record("create_asset_event", "id", body=body)
    return Record(event, "id")


class EventFilters(NamedTuple):
    """The values of `assets list-events`."""

    asset: str | None
    pattern: str | None
    dag_id: str | None
    task_id: str | None
    run_id: str | None
    map_index: int | None
    after: str | None
    before: str | None
    limit: int | None


@command(
    "assets list-events",
    "List what happened to assets, newest first.",
    OPTIONAL._replace(help="Only of this asset: its number, its name or its URI."),
    opt("--pattern", help="Only of assets with this in their name.", convert=some_text, metavar="TEXT"),
    opt("--dag-id", help="Only made by this Dag.", complete="dag", convert=identifier, metavar="DAG_ID"),
    opt("--task-id", help="Only made by this task.", complete="task", convert=identifier, metavar="TASK_ID"),
    opt("--run-id", help="Only made by this run.", complete="run", convert=identifier, metavar="RUN_ID"),
    MAP_INDEX._replace(default=None, help="Only made by this instance of a mapped task."),
    opt("--after", help="Only at or after this.", convert=timestamp, metavar="DATE", also=("--start-date",)),
    opt("--before", help="Only at or before this.", convert=timestamp, metavar="DATE", also=("--end-date",)),
    LIMIT_NEWEST,
    op="get_asset_events",
    uses=("get_asset", "get_assets"),
    also=("assets events", "assets events list"),
    examples=(
        "airflowctl assets list-events orders --after -1d",
        "airflowctl assets list-events --dag-id etl --limit 10",
    ),
)
def list_events(session: Session, values: EventFilters) -> Rows:
    asset = the_asset(session, values.asset)["id"] if values.asset else None
    query = {
        "asset_id": asset,
        "name_pattern": values.pattern,
        "source_dag_id": values.dag_id,
        "source_task_id": values.task_id,
        "source_run_id": values.run_id,
        "source_map_index": values.map_index,
        "timestamp_gte": values.after,
        "timestamp_lte": values.before,
        "order_by": "-timestamp",
    }
    items = session.api.pages("get_asset_events", "asset_events", limit=values.limit, query=query)
    columns = ("id", "name", "timestamp", "source_dag_id", "source_task_id", "extra")
    return Rows(items, columns, "id", optional={"source_dag_id": None, "source_task_id": None, "extra": {}})
