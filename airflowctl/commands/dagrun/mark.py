"""`dagrun mark`: the state of runs, set by hand."""

from __future__ import annotations

from airflowctl.commands.dagrun import FEW_FILTERS, PLANNED, RUN_IDS
from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, arg, command, opt
from airflowctl.core.effect import MARK, effect
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


SETTABLE = ("success", "failed", "queued")


class MarkValues(NamedTuple):
    """The values of `dagrun mark`."""

    new_state: str
    dag_id: str
    run_id: tuple[str, ...]
    state: tuple[str, ...]
    run_type: tuple[str, ...]
    logical_date_gte: str | None
    logical_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    note: str | None
    dry_run: bool


@command(
    "dagrun mark",
    "Set the state of runs, and of their tasks that have not ended.",
    arg("new_state", "The state; queued lets the run continue.", choices=SETTABLE),
    DAG_ID,
    RUN_IDS,
    *FEW_FILTERS,
    opt("--note", help="A note on the run.", metavar="TEXT"),
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(MARK, "run", "run_id", "dag_id", repeatable=True),
    op="patch_dag_run",
    undo=undo.RUN,
    uses=("bulk_dag_runs", "get_dag_run", "get_dag_runs"),
    invalidates=("run",),
    about="Name the runs, or choose them by state, type and date; '~' chooses among the runs of all"
    " Dags. What --dry-run shows is exactly what would be deleted.",
    examples=("airflowctl dagrun mark failed etl latest",),
)
def mark(session: Session, values: MarkValues) -> Rows:
    from airflowctl.domain.runs.change_runs import (
        change_runs,
        choose_runs,
        describe_runs,
        plan_columns,
    )

    new_state, note = values.new_state, values.note
    body = {"state": new_state} if note is None else {"state": new_state, "note": note}
    dag_id, filters = values.dag_id, {param.name: getattr(values, param.name) for param in FEW_FILTERS}
    runs = choose_runs(session, dag_id, values.run_id, filters)
    if values.dry_run or not runs:
        return Rows(runs, plan_columns(dag_id, PLANNED), "dag_run_id", empty="no such run")
    count, names = describe_runs(dag_id, runs)
    session.console.confirm(f"{count} would be {new_state}. {names}", "dagrun mark")
    return change_runs(session, dag_id, runs, "update", body)
