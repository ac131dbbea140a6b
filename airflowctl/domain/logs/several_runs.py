"""The logs of the last runs of a Dag, one run after the other."""

from __future__ import annotations

from airflowctl.core.errors import DONE, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_list, index_of
from airflowctl.domain.batch_requests import batch_pages
from airflowctl.domain.logs.run_log_command import list_tries, render_run
from airflowctl.domain.logs.run_logs import merge_logs
from airflowctl.domain.runs.lookup import ALL_DAGS, RUN

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from airflowctl.core.rich_results import Line
    from airflowctl.domain.logs.log_options import LogOptions
    from airflowctl.session.session import Session


class LastRuns(NamedTuple):
    """Which logs are meant: of the last runs of a Dag, so many; of one task or of all, of one instance of it
    or of each, of the last try or of every one."""

    dag_id: str
    number: int
    task_id: str | None = None
    map_index: int = -1
    is_every_try: bool = False


def read_last_runs(
    session: Session, wanted: LastRuns, options: LogOptions
) -> Generator[Line | None, None, int]:
    """Yield the lines of each run, the oldest of them first. Raises CliError."""
    dag_id = wanted.dag_id
    query = {"order_by": RUN.order}
    pages = session.api.pages("get_dag_runs", "dag_runs", limit=wanted.number, query=query, dag_id=dag_id)
    run_ids = [str(run["dag_run_id"]) for run in pages][::-1]
    if not run_ids:
        raise NotFound(f"{dag_id} has no run yet", suggest("dags", "trigger", dag_id))
    by_run = _fetch_instances(session, wanted, run_ids)
    without = []
    for run_id in run_ids:
        records = by_run.get(run_id, [])
        # What has not begun has no try, and so no log.
        if not any(record.get("try_number") for record in records):
            without.append(run_id)
            continue
        if wanted.is_every_try:
            records = list_tries(session, dag_id, run_id, records)
        lines = merge_logs(session, dag_id, run_id, records)
        for line in render_run(session, dag_id, run_id, lines, options, records):
            yield line and line._replace(run_id=run_id)
    if without:
        name = wanted.task_id or "any task"
        session.output.note(f"no log of {name} in {format_list(without)}")
    return DONE


def _fetch_instances(
    session: Session, wanted: LastRuns, run_ids: list[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the task instances of these runs, by run: one list for all of them."""
    body: dict[str, Any] = {"dag_ids": [wanted.dag_id], "dag_run_ids": run_ids, "order_by": "start_date"}
    if wanted.task_id is not None:
        body["task_ids"] = [wanted.task_id]
    path: dict[str, Any] = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
    by_run: dict[str, list[dict[str, Any]]] = {}
    for record in batch_pages(session, "get_task_instances_batch", "task_instances", body, **path):
        if wanted.map_index in (-1, index_of(record)):
            by_run.setdefault(str(record["dag_run_id"]), []).append(record)
    # The server answers with an empty list for a task that the Dag never had, too.
    if wanted.task_id is not None and not by_run:
        raise NotFound(
            f"{wanted.dag_id} has no task {wanted.task_id} in its last runs",
            f"see: {suggest('tasks', 'list', wanted.dag_id)}",
        )
    return by_run
