"""`tasks instances`: what became of tasks in any runs."""

from __future__ import annotations

from airflowctl.commands.tasks import FILTERS
from airflowctl.core.command import arg, command
from airflowctl.core.converters import identifier
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT_NEWEST, TOP
from airflowctl.domain.runs.lookup import ALL_DAGS, the_run
from airflowctl.domain.tasks.instance_list import InstanceFilters, fetch_instances
from airflowctl.domain.tasks.lookup import UNMAPPED, WIDE

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks instances",
    "List the instances of tasks in any runs, newest first.",
    arg("dag_id", "The Dag; all of them if not given.", default=ALL_DAGS, complete="dag", convert=identifier),
    arg("run_id", "The run; all if not given.", default=ALL_DAGS, complete="run", convert=identifier),
    *FILTERS,
    LIMIT_NEWEST,
    TOP,
    op="get_task_instances",
    examples=(
        "airflowctl tasks instances --state failed --started-after -1d",
        "airflowctl tasks instances --top 10 --started-after -7d",
    ),
)
def instances(session: Session, values: InstanceFilters) -> Rows:
    if values.dag_id != ALL_DAGS:
        values = values._replace(run_id=the_run(session, values.dag_id, values.run_id))
    columns: tuple[str, ...] = ("dag_id", "dag_run_id", "task_id", "map_index", "state", "start_date")
    # What they were chosen by is seen.
    columns = columns if values.top is None else (*columns, "duration")
    return Rows(
        fetch_instances(session, "-start_date", values), columns, "task_id", optional=UNMAPPED, wide=WIDE
    )
