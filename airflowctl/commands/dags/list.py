"""`dags list`: the Dags that the filters leave."""

from __future__ import annotations

from airflowctl.commands.dags import LOCAL, OF_BUNDLE, ONLY_LOCAL
from airflowctl.core.command import command, flag, opt, toggle
from airflowctl.core.converters import some_text
from airflowctl.core.errors import UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import LIMIT, pattern
from airflowctl.domain.runs.lookup import RUN_STATES

if TYPE_CHECKING:
    from airflowctl.session.session import Session


# No operation lists owners: they are read from the Dags, which costs pages, and so is seldom renewed.
OWNER = names("owner", op="get_dags", items="dags", key="owners", order="dag_id", fresh=300.0)
TAG = names("tag", op="get_dag_tags", items="tags", key="name", search="tag_name_pattern", fresh=300.0)
NAMES = ("dag_id", "is_paused")
LAST_RUN = ("last_run_state", "last_run_start_date", "last_run_duration")
MORE = ("timetable_summary", "owners", "tags")
WIDE = (
    "description",
    "is_stale",
    "has_import_errors",
    "last_parsed_time",
    "fileloc",
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
        repeatable=True,
        complete="tag",
        convert=some_text,
    ),
    flag("--all-tags", help="With several tags: only Dags that have all of them."),
    opt(
        "--owner",
        help="Only Dags with an owner whose name contains this, or any of several.",
        repeatable=True,
        complete="owner",
        convert=some_text,
    ),
    opt("--state", help="Only Dags whose last run is in this state.", choices=RUN_STATES),
    toggle("--paused", help="Only paused Dags.", no_help="Only Dags that are not paused."),
    toggle(
        "--stale",
        help="Also list Dags whose file is gone, as the classic CLI does.",
        no_help="Only Dags whose file is there.",
        # The classic command lists them too, and scripts depend on it (decision 0004).
        default=True,
    ),
    OF_BUNDLE,
    toggle("--favorite", help="Only your favorites.", no_help="Only Dags that are not your favorites."),
    toggle(
        "--import-errors",
        help="Only Dags whose file has an import error.",
        no_help="Only Dags whose file has no import error.",
    ),
    opt(
        "--asset",
        help="Only Dags that wait for an asset of this name or URI.",
        complete="asset",
        convert=some_text,
    ),
    LIMIT,
    LOCAL,
    op="get_dags",
    uses=("get_dag_runs",),
    about="With -o wide, or a field like last_run_state among --columns, the last run of each Dag is"
    " shown too, which costs a request for each Dag. If one cannot be read, the line ends with the"
    " exit code of that error.",
    classic="classic_dags:show_dags",
    examples=(
        "airflowctl dags list --tag finance --no-paused",
        "airflowctl dags list --state failed --columns dag_id,owners",
        "airflowctl dags list --tag finance --columns dag_id,last_run_state,last_run_duration",
    ),
)
def list_dags(session: Session, values: DagFilters) -> Rows:
    # The option reads files of the machine that runs it, which is not the server's.
    if values.local:
        raise UsageError("--local is not for the API", ONLY_LOCAL.format("list"))
    query = {
        "dag_id_pattern": values.pattern,
        "tags": values.tag,
        # `any` is the server's default, and is left out.
        "tags_match_mode": "all" if values.all_tags else None,
        "owners": values.owner,
        "last_dag_run_state": values.state,
        "paused": values.paused,
        "exclude_stale": not values.stale,
        "bundle_name": values.bundle_name,
        "is_favorite": values.favorite,
        "has_import_errors": values.import_errors,
        "asset_dependency": values.asset,
        # Without an order the pages of a list may repeat rows, and lack others.
        "order_by": "dag_id",
    }
    items = session.api.pages("get_dags", "dags", limit=values.limit, query=query)
    from airflowctl.domain.dag_last_runs import LastRuns, is_wanted

    if is_wanted(session):
        # They cost a request a Dag, so they stand where a narrow terminal shows them.
        runs = LastRuns(session)
        columns = (*NAMES, *LAST_RUN, "next_dagrun_run_after")
        return Rows(
            runs.add(items),
            columns,
            "dag_id",
            wide=(*MORE, *WIDE),
            bar="last_run_duration",
            late_code=lambda: runs.code,
        )
    columns = (*NAMES, "timetable_summary", "next_dagrun_run_after", "owners", "tags")
    return Rows(items, columns, "dag_id", wide=WIDE)
