"""`tasks states-for-dag-run`: the state of every task in a run."""

from __future__ import annotations

from airflowctl.commands.tasks import FILTERS
from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, the_run
from airflowctl.domain.tasks.instance_list import InstanceFilters, fetch_instances
from airflowctl.domain.tasks.lookup import INSTANCE, UNMAPPED, WIDE

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks states-for-dag-run",
    "Show the state of every task in a run.",
    DAG_ID,
    RUN_ID,
    *FILTERS,
    LIMIT,
    op="get_task_instances",
    uses=("get_dag_runs",),
    classic="classic_tasks:show_states",
    examples=(
        "airflowctl tasks states-for-dag-run etl latest",
        "airflowctl tasks states-for-dag-run etl latest --state failed",
    ),
)
def states(session: Session, values: InstanceFilters) -> Rows:
    values = values._replace(run_id=the_run(session, values.dag_id, values.run_id))
    return Rows(
        fetch_instances(session, "start_date", values), INSTANCE, "task_id", optional=UNMAPPED, wide=WIDE
    )
