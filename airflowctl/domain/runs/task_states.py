"""The states of tasks in one run and in many, as graphs and grids show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflowctl.core.durations import moment, seconds_since
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


Counts = Mapping[tuple[str, str], Mapping[str | None, int]]  # by run and task


def draw_columns(runs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a column a run, the oldest first."""
    return [_column(run) for run in runs if run.get("dag_run_id")][::-1]


def draw_lines(
    tasks: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], counts: Counts
) -> list[dict[str, Any]]:
    """Return a line a task with its state in each run: tasks of the Dag first, then those that are gone
    from it."""
    from airflowctl.core.task_order import overall

    # Older runs show tasks that were deleted from the Dag since: their failures are still of interest.
    gone = dict.fromkeys(name for _, name in counts if name not in tasks)
    lines = []
    for name in (*tasks, *gone):
        ids = (run["dag_run_id"] for run in columns)
        states = {run_id: overall(counts[run_id, name]) for run_id in ids if (run_id, name) in counts}
        lines.append({"task_id": name, "states": states})
    return lines


def list_cells(
    columns: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]], counts: Counts
) -> list[dict[str, Any]]:
    """Return the grid as rows: one for each run and task that have met."""
    return [
        {"dag_run_id": run["dag_run_id"], "run_after": run["run_after"], "task_id": line["task_id"],
         "state": line["states"][run["dag_run_id"]],
         "instances": sum(counts[run["dag_run_id"], line["task_id"]].values())}
        for run in columns for line in lines if run["dag_run_id"] in line["states"]
    ]  # fmt: skip


def _column(run: dict[str, Any]) -> dict[str, Any]:
    wanted = ("dag_run_id", "run_type", "state", "run_after", "start_date", "end_date", "duration")
    record = {name: run.get(name) for name in wanted}
    versions = [version.get("version_number") for version in run.get("dag_versions") or ()]
    # A run that was cleared may have tasks of several versions: the newest is what ran last.
    record["version"] = max((number for number in versions if isinstance(number, int)), default=None)
    record["backfill_id"] = run.get("backfill_id")
    if "duration" not in run:  # Airflow 3.0 does not tell it
        end = moment(run.get("end_date"))
        record["duration"] = end and seconds_since(run.get("start_date"), end)
    return record


def states_in_run(session: Session, dag_id: str, run_id: str) -> dict[str, dict[str | None, int]]:
    """Return how many instances of each task in the run are in which state."""
    from airflowctl.domain.dag_graph import states

    instances = session.api.pages("get_task_instances", "task_instances", dag_id=dag_id, dag_run_id=run_id)
    return {name: counts for (_, name), counts in states(instances).items()}


def states_in_runs(
    session: Session, dag_id: str, run_ids: list[str]
) -> dict[tuple[str, str], dict[str | None, int]]:
    if not run_ids:
        return {}
    from airflowctl.domain.batch_requests import batch_pages
    from airflowctl.domain.dag_graph import states

    # One request for all runs of a grid: a request a run would be twenty-five.
    body = {"dag_ids": [dag_id], "dag_run_ids": run_ids, "order_by": "id"}
    path = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
    op = "get_task_instances_batch"
    return states(batch_pages(session, op, "task_instances", body, None, **path))
