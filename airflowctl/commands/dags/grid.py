"""`dags grid`: the last runs of a Dag beside each other."""

from __future__ import annotations

from airflowctl.core.command import command, opt
from airflowctl.core.converters import whole_number
from airflowctl.core.effect import READS
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Picture
    from airflowctl.session.session import Session


def run_count(text: str) -> int:
    """Return how many runs, at least one and not more than can be looked at."""
    number = whole_number(text)
    if not 1 <= number <= 100:
        raise ValueError("must be from 1 to 100")
    return number


@command(
    "dags grid",
    "Show the last runs of a Dag side by side: a column for each run, a line for each task.",
    DAG_ID,
    opt("--runs", help="How many of the newest runs to show.", convert=run_count, default=20, metavar="N"),
    effect=READS,
    op="get_dag_runs",
    uses=("get_tasks", "get_task_instances_batch", "list_backfills"),
    about="For a mapped task the most important state is shown: failed before running before success."
    " Above the tasks are the type of each run, if types differ, and a mark where the Dag's"
    " version changed.",
    examples=("airflowctl dags grid etl --runs 30",),
)
def grid(session: Session, dag_id: str, runs: int) -> Picture:
    from airflowctl.core.rich_results import Picture
    from airflowctl.core.task_order import sort_tasks
    from airflowctl.domain.runs.backfill_runs import link_runs
    from airflowctl.domain.runs.task_states import draw_columns, draw_lines, list_cells, states_in_runs

    tasks = sort_tasks(session.api.pages("get_tasks", "tasks", dag_id=dag_id))
    query = {"order_by": RUN.order}
    pages = session.api.pages("get_dag_runs", "dag_runs", limit=runs, query=query, dag_id=dag_id)
    columns = draw_columns(link_runs(session, dag_id, list(pages)))
    if not columns:
        session.output.note(f"{dag_id} has no run yet")
    counts = states_in_runs(session, dag_id, [run["dag_run_id"] for run in columns])
    lines = draw_lines(tasks, columns, counts)
    fields = ("dag_run_id", "run_after", "task_id", "state", "instances")
    cells = Rows(list_cells(columns, lines, counts), fields, "dag_run_id")
    return Picture("grid", {"dag_id": dag_id, "runs": columns, "tasks": lines}, cells)
