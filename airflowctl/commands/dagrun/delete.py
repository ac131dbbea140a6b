"""`dagrun delete`: runs, with all that is known of their tasks."""

from __future__ import annotations

from airflowctl.commands.dagrun import FEW_FILTERS, PLANNED, RUN_IDS
from airflowctl.core.command import ALWAYS, command
from airflowctl.core.effect import DELETE, effect
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


class DeleteValues(NamedTuple):
    """The values of `dagrun delete`."""

    dag_id: str
    run_id: tuple[str, ...]
    state: tuple[str, ...]
    run_type: tuple[str, ...]
    logical_date_gte: str | None
    logical_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    dry_run: bool


@command(
    "dagrun delete",
    "Delete runs, with all records of their tasks.",
    DAG_ID,
    RUN_IDS,
    *FEW_FILTERS,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "run", "run_id", "dag_id", repeatable=True),
    op="delete_dag_run",
    uses=("bulk_dag_runs", "get_dag_run", "get_dag_runs"),
    invalidates=("run",),
    about="Name the runs, or choose them by state, type and date; '~' chooses among the runs of all"
    " Dags. What --dry-run shows is exactly what would be deleted.",
    examples=(
        "airflowctl dagrun delete etl --state failed --due-before -30d --dry-run",
        "airflowctl dagrun delete '~' --due-before -90d --dry-run",
    ),
)
def delete(session: Session, values: DeleteValues) -> Rows:
    from airflowctl.domain.runs.change_runs import (
        change_runs,
        choose_runs,
        describe_runs,
        plan_columns,
    )

    dag_id, filters = values.dag_id, {param.name: getattr(values, param.name) for param in FEW_FILTERS}
    runs = choose_runs(session, dag_id, values.run_id, filters)
    if values.dry_run or not runs:
        return Rows(runs, plan_columns(dag_id, PLANNED), "dag_run_id", empty="no such run")
    count, names = describe_runs(dag_id, runs)
    session.console.confirm(f"{count} would be deleted. {names}", "dagrun delete")
    return change_runs(session, dag_id, runs, "delete", {})
