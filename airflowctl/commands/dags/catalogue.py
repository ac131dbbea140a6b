"""Which Dags there are, and what each is."""

from __future__ import annotations

from airflowctl.core.command import LIMIT, LIMIT_NEWEST, arg, command, flag, opt, pattern, toggle
from airflowctl.core.converters import identifier, some_text
from airflowctl.core.effect import SWITCH, effect
from airflowctl.core.errors import Conflict, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import DAG_ID, RUN_STATES

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

DAG = names(
    "dag",
    op="get_dags",
    items="dags",
    key="dag_id",
    search="dag_id_pattern",
    note=("is_paused",),
    fresh=120.0,
)
WANTED = (
    "dag_id", "description", "is_paused", "is_stale", "has_import_errors", "owners", "tags",
    "timetable_summary", "timetable_description", "next_dagrun_run_after", "next_dagrun_logical_date",
    "max_active_runs", "max_active_tasks", "last_parsed_time", "bundle_name", "bundle_version", "fileloc",
)  # fmt: skip
WIDE = (
    "next_dagrun_run_after",
    "description",
    "is_stale",
    "has_import_errors",
    "last_parsed_time",
    "fileloc",
)
ONLY_LOCAL = "it reads the files of the machine it runs on; where that is: airflow dags {} --local"
LOCAL = flag("-l", "--local", help="Refused: reads files, which no API does.", hidden=True)
WARNINGS = ("asset conflict", "non-existent pool", "runtime varying value")
OWNER = names("owner", op="get_dags", items="dags", key="owners", order="dag_id", fresh=300.0)
BUNDLE = names("bundle", op="get_dags", items="dags", key="bundle_name", order="dag_id", fresh=300.0)
TAG = names("tag", op="get_dag_tags", items="tags", key="name", search="tag_name_pattern", fresh=300.0)


OF_BUNDLE = opt(
    "-B", "--bundle-name", help="Only of this bundle.", complete="bundle", convert=some_text, metavar="NAME"
)


class DagFilters(NamedTuple):
    """The values of `dags list`."""

    pattern: str | None
    tag: tuple[str, ...]
    all_tags: bool
    owner: tuple[str, ...]
    state: str | None
    paused: bool | None
    stale: bool
    bundle_name: str | None
    favorite: bool | None
    import_errors: bool | None
    asset: str | None
    limit: int | None
    local: bool


@command(
    "dags list",
    "List the Dags.",
    pattern("ids"),
    opt(
        "--tag",
        help="Only Dags with this tag, or with any of several.",
        many=True,
        complete="tag",
        convert=some_text,
    ),
    flag("--all-tags", help="Of several tags, only Dags that have them all."),
    opt(
        "--owner",
        help="Only Dags with this in the name of an owner, or with any of several.",
        many=True,
        complete="owner",
        convert=some_text,
    ),
    opt("--state", help="Only Dags whose last run is in this state.", choices=RUN_STATES),
    toggle("--paused", help="Only paused, or only active Dags."),
    toggle("--stale", help="Also Dags whose file is gone (as the classic CLI does), or not.", default=True),
    OF_BUNDLE,
    toggle("--favorite", help="Only your favorites, or only others."),
    toggle("--import-errors", help="Only Dags whose file could not be read lately, or only others."),
    opt(
        "--asset",
        help="Only Dags that wait for an asset of this name or URI.",
        complete="asset",
        convert=some_text,
    ),
    LIMIT,
    LOCAL,
    op="get_dags",
    examples=(
        "airflowctl dags list --tag finance --no-paused",
        "airflowctl dags list --state failed --columns dag_id,owners",
    ),
)
def list_dags(session: Session, values: DagFilters) -> Rows:
    if values.local:
        raise UsageError("--local is not for the API", ONLY_LOCAL.format("list"))
    query = {
        "dag_id_pattern": values.pattern,
        "tags": values.tag,
        "tags_match_mode": "all" if values.all_tags else None,
        "owners": values.owner,
        "last_dag_run_state": values.state,
        "paused": values.paused,
        "exclude_stale": not values.stale,
        "bundle_name": values.bundle_name,
        "is_favorite": values.favorite,
        "has_import_errors": values.import_errors,
        "asset_dependency": values.asset,
        "order_by": "dag_id",
    }
    columns = ("dag_id", "is_paused", "timetable_summary", "owners", "tags")
    items = session.api.pages("get_dags", "dags", limit=values.limit, query=query)
    return Rows(items, columns, "dag_id", wide=WIDE)


@command(
    "dags get",
    "Show one Dag; in a table the facts that a person wants, in other formats all.",
    DAG_ID,
    op="get_dag",
    examples=(
        "airflowctl dags get etl",
        "airflowctl dags get etl -o json",
    ),
)
def get(session: Session, dag_id: str) -> Record:
    return Record(session.api.record("get_dag", "dag_id", dag_id=dag_id), "dag_id", table=WANTED)


@command(
    "dags details",
    "Show all that the server knows of one Dag, its parameters and documentation included.",
    DAG_ID,
    op="get_dag_details",
    also=("dags get-details",),
    examples=("airflowctl dags details etl --query params",),
)
def details(session: Session, dag_id: str) -> Record:
    return Record(session.api.record("get_dag_details", "dag_id", dag_id=dag_id), "dag_id")


@command(
    "dags tags",
    "List the tags that Dags have.",
    pattern("tags"),
    LIMIT,
    op="get_dag_tags",
    also=("dags get-tags", "dags list-tags"),
    examples=("airflowctl dags tags --pattern team",),
)
def tags(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"order_by": "name", "tag_name_pattern": pattern}
    return Rows(session.api.pages("get_dag_tags", "tags", limit=limit, query=query), ("name",), "name")


@command(
    "dags stats",
    "Count the runs of Dags by state.",
    arg(
        "dag_id",
        "The Dags; all that have a run if none is given.",
        many=True,
        complete="dag",
        convert=identifier,
        also=("--dag-id", "--dag-ids"),
    ),
    op="get_dag_stats",
    uses=("get_dag",),
    also=("dags get-stats",),
    examples=("airflowctl dags stats etl reports",),
)
def stats(session: Session, dag_id: tuple[str, ...]) -> Rows:
    answer = session.api.record("get_dag_stats", "dags", query={"dag_ids": dag_id})
    rows = [{"dag_id": dag["dag_id"], **_counts(dag["stats"])} for dag in answer["dags"]]
    known = {row["dag_id"] for row in rows}
    for missing in (name for name in dag_id if name not in known):
        session.api.record("get_dag", "dag_id", dag_id=missing)  # there is one, or this says so
        rows.append({"dag_id": missing, **_counts([])})
    return Rows(sorted(rows, key=lambda row: str(row["dag_id"])), ("dag_id", *RUN_STATES), "dag_id")


def _counts(stats: list[dict[str, Any]]) -> dict[str, Any]:
    return {**dict.fromkeys(RUN_STATES, 0), **{each["state"]: each["count"] for each in stats}}


@command(
    "dags list-warnings",
    "List what the server warns of in Dags, newest first.",
    opt("--dag-id", help="Only of this Dag.", complete="dag", convert=identifier, metavar="DAG_ID"),
    opt("--warning-type", help="Only of this type.", choices=WARNINGS, metavar="TYPE"),
    LIMIT_NEWEST,
    op="list_dag_warnings",
    also=("dags list-warning", "dags warnings"),
    examples=("airflowctl dags list-warnings --dag-id etl",),
)
def warnings(session: Session, dag_id: str | None, warning_type: str | None, limit: int | None) -> Rows:
    query = {"dag_id": dag_id, "warning_type": warning_type, "order_by": "-timestamp"}
    items = session.api.pages("list_dag_warnings", "dag_warnings", limit=limit, query=query)
    return Rows(items, ("dag_id", "warning_type", "message", "timestamp"), "dag_id", empty="no warnings")


@command(
    "dags favorite",
    "Make a Dag one of your favorites.",
    DAG_ID,
    effect=effect(SWITCH, "Dag", "dag_id", becomes="a favourite"),
    op="favorite_dag",
    also=("dags favourite",),
    examples=("airflowctl dags favorite etl",),
)
def favorite(session: Session, dag_id: str) -> Text:
    session.api.call("favorite_dag", dag_id=dag_id)
    return Text(f"{dag_id} is a favorite", {"dag_id": dag_id, "is_favorite": True})


@command(
    "dags unfavorite",
    "Make a Dag no favorite of yours any more.",
    DAG_ID,
    effect=effect(SWITCH, "Dag", "dag_id", becomes="no favourite any more"),
    op="unfavorite_dag",
    also=("dags unfavourite",),
    examples=("airflowctl dags unfavorite etl",),
)
def unfavorite(session: Session, dag_id: str) -> Text:
    try:
        session.api.call("unfavorite_dag", dag_id=dag_id)
    except Conflict:  # it is none
        session.output.note(f"{dag_id} was no favorite")
    return Text(f"{dag_id} is no favorite", {"dag_id": dag_id, "is_favorite": False})
