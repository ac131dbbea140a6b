"""`dagrun list`: the runs that the filters leave."""

from __future__ import annotations

from airflowctl.commands.dagrun import FEW_FILTERS
from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import identifier, some_text, whole_number
from airflowctl.core.effect import READS
from airflowctl.core.errors import UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Item, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import LIMIT_NEWEST, TOOK, TOP, date_range
from airflowctl.domain.runs.lookup import ALL_DAGS, RUN, RUN_TYPES, fetch_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.session.session import Session


def _partitions(run: Item) -> Iterator[tuple[str, str]]:
    """Yield the partition of a run, from Airflow 3.2 on."""
    # Only runs of Dags with partitions have a key, and only from Airflow 3.2 on.
    if key := run.get("partition_key"):
        yield str(key), ""


PARTITION = names(
    "partition",
    op="get_dag_runs",
    items="dag_runs",
    key="",
    read=_partitions,
    scope={"dag_id": "dag"},
    order="-run_after",
    most=100,
)
# Named as the parameters of the query they become.
RUN_FILTERS = (
    *FEW_FILTERS,
    *date_range("started", "start_date", "that started"),
    *date_range("ended", "end_date", "that ended"),
    *date_range("updated", "updated_at", "that changed"),
    *TOOK,
    opt(
        "--run-id-pattern",
        help="Only runs whose id contains this.",
        complete="run",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--dag-id-pattern",
        help="Only runs of Dags whose id contains this.",
        complete="dag",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--triggered-by",
        name="triggering_user_name_pattern",
        complete="event owner",
        help="Only runs started by a user whose name contains this.",
        convert=some_text,
        metavar="USER",
    ),
    opt(
        "--conf-contains",
        help="Only runs with this text in their parameters.",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--dag-version",
        help="Only runs of this version of the Dag, or of any of several.",
        complete="dag-version",
        convert=whole_number,
        repeatable=True,
        metavar="N",
    ),
    opt(
        "--bundle-version",
        help="Only runs of this version of the bundle.",
        complete="bundle version",
        convert=some_text,
        metavar="VERSION",
    ),
    opt(
        "--partition-key",
        name="partition_key_pattern",
        help="Only runs whose partition key contains this.",
        complete="partition",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--consuming-asset",
        name="consuming_asset_pattern",
        complete="asset",
        help="Only runs started by an asset whose name contains this.",
        convert=some_text,
        metavar="TEXT",
    ),
)
WIDE = ("duration", "run_type", "logical_date", "triggering_user_name", "note", "end_date", "run_after")
# The operation for several Dags takes these filters and no others.
_RANGES = ("run_after", "logical_date", "start_date", "end_date", "duration")
BATCHED = ("state", "conf_contains", *(f"{name}_{end}" for name in _RANGES for end in ("gte", "lte")))


class RunFilters(NamedTuple):
    """The values of `dagrun list`."""

    dag_id: tuple[str, ...]
    state: tuple[str, ...]
    run_type: tuple[str, ...]
    logical_date_gte: str | None
    logical_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    start_date_gte: str | None
    start_date_lte: str | None
    end_date_gte: str | None
    end_date_lte: str | None
    updated_at_gte: str | None
    updated_at_lte: str | None
    duration_gte: float | None
    duration_lte: float | None
    run_id_pattern: str | None
    dag_id_pattern: str | None
    triggering_user_name_pattern: str | None
    conf_contains: str | None
    dag_version: tuple[int, ...]
    bundle_version: str | None
    partition_key_pattern: str | None
    consuming_asset_pattern: str | None
    backfill_id: str | None
    no_backfill: bool
    limit: int | None
    top: int | None


@command(
    "dagrun list",
    "List runs, newest first.",
    arg(
        "dag_id",
        "The Dag, or several; all of them if not given.",
        repeatable=True,
        complete="dag",
        convert=identifier,
        aliases=("-d", "--dag-id"),
    ),
    *RUN_FILTERS,
    opt(
        "--backfill",
        name="backfill_id",
        help="Only the runs of this backfill.",
        complete="backfill",
        convert=identifier,
        metavar="BACKFILL_ID",
    ),
    flag("--no-backfill", help="Leave out the runs of backfills."),
    LIMIT_NEWEST,
    TOP._replace(since="3.1"),  # before that a run has no duration
    effect=READS,
    op="get_dag_runs",
    uses=("get_list_dag_runs_batch", "get_dag", "get_backfill", "list_backfills"),
    about="Dates without a timezone are UTC. The API does not link a run to its backfill: it is found by"
    " type, date and time of creation.",
    classic="classic_runs:show_runs",
    examples=(
        "airflowctl dagrun list etl --state failed --limit 10",
        "airflowctl dagrun list --backfill 7 --state failed",
    ),
    deprecated_lines=("dags list-runs",),
)
def list_runs(session: Session, values: RunFilters) -> Rows:
    from airflowctl.domain.sorted_limit import take_top

    dag_ids = values.dag_id
    session, limit = take_top(session, values.limit, values.top)
    query = {param.name: getattr(values, param.name) for param in RUN_FILTERS}
    if values.no_backfill:
        # The API has no filter that leaves something out: all other types are named.
        types = values.run_type or RUN_TYPES
        query["run_type"] = tuple(name for name in types if name != "backfill")
    columns: tuple[str, ...] = ("dag_id", "dag_run_id", "state", "start_date")
    if values.backfill_id is not None:
        items = _of_backfill(session, values, query, limit)
        return Rows(
            items,
            (*columns[1:3], "logical_date", *columns[3:], "duration"),
            "dag_run_id",
            wide=WIDE,
            bar="duration",
        )
    if len(dag_ids) > 1:
        if values.top is not None:
            raise UsageError("--top is for one Dag, or for all", "name one Dag, or none")
        return Rows(_of_several(session, dag_ids, query, limit), columns, "dag_run_id", wide=WIDE)
    items = fetch_runs(session, dag_ids[0] if dag_ids else ALL_DAGS, query, limit)
    # Durations of runs compare with those of the same Dag only.
    columns = columns if not dag_ids else columns[1:]
    columns = (*columns, "duration") if dag_ids or values.top is not None else columns
    return Rows(items, columns, "dag_run_id", wide=WIDE, bar="duration")


def _of_backfill(
    session: Session, values: RunFilters, query: dict[str, Any], limit: int | None
) -> Iterator[dict[str, Any]]:
    """Return the runs of one backfill that the filters leave. Raises CliError."""
    from airflowctl.domain.runs.backfill_runs import (
        BACKFILL,
        backfill_of,
        fetch_backfills,
        request_backfill,
    )

    if values.no_backfill:
        raise UsageError("--backfill and --no-backfill together choose nothing", "give one of them")
    backfill = request_backfill(session, "get_backfill", str(values.backfill_id))
    dag_id, number = str(backfill["dag_id"]), backfill["id"]
    if values.dag_id not in ((), (dag_id,)):
        raise UsageError(f"backfill {number} is of the Dag {dag_id}", "leave the Dag out")
    backfills = fetch_backfills(session, dag_id)

    def is_of(run: dict[str, Any]) -> bool:
        return bool((backfill_of(run, backfills) or {}).get("id") == number)

    runs: Iterator[dict[str, Any]] = fetch_runs(
        session, dag_id, {**query, "run_type": (BACKFILL,)}, limit, is_of
    )
    return runs


def _of_several(session: Session, dag_ids: tuple[str, ...], query: dict[str, Any], limit: int | None) -> Any:
    """Return the runs of some Dags, by the operation that takes fewer filters."""
    from airflowctl.api.operations import table

    named = {name: value for name, value in query.items() if value not in (None, ())}
    # An older server passes over a filter that it does not know, and would list all runs.
    session.api.require(table()["get_dag_runs"].needs(named), "this filter")
    body = {"dag_ids": list(dag_ids), "order_by": RUN.order}
    for name, value in named.items():
        if name not in BATCHED:
            shown = next(param.label for param in RUN_FILTERS if param.name == name)
            raise UsageError(
                f"the server has no {shown} for several Dags",
                "name one Dag, or choose Dags with --dag-id-pattern",
            )
        body["states" if name == "state" else name] = list(value) if name == "state" else value
    from airflowctl.domain.batch_requests import batch_pages

    return batch_pages(session, "get_list_dag_runs_batch", "dag_runs", body, limit, dag_id=ALL_DAGS)
