"""`dagrun gantt`: a run as bars over time."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.runs.lookup import DAG_ID, RUN_OR_NEWEST, the_run
from airflowctl.domain.runs.task_bars import FIELDS, MANY, draw_bars, list_tries, start_of

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Picture
    from airflowctl.session.session import Session


@command(
    "dagrun gantt",
    "Draw when each task of a run waited and when it ran, each try a bar.",
    DAG_ID,
    RUN_OR_NEWEST,
    op="get_task_instances",
    uses=("get_task_instance_tries", "get_mapped_task_instance_tries", "get_dag_runs"),
    about=f"More than {MANY} instances of a mapped task are one bar, from the first one's start to the last "
    "one's end; -o tsv has them all.",
    examples=("airflowctl dagrun gantt etl", "airflowctl dagrun gantt etl latest -o tsv"),
)
def gantt(session: Session, dag_id: str, run_id: str) -> Picture:
    from datetime import UTC, datetime

    run_id = the_run(session, dag_id, run_id)
    path: dict[str, Any] = {"dag_id": dag_id, "dag_run_id": run_id}
    query = {"order_by": "start_date"}
    instances = list(session.api.pages("get_task_instances", "task_instances", query=query, **path))
    tries = [list_attempt for instance in instances for list_attempt in list_tries(session, path, instance)]
    tries.sort(key=lambda element: (not start_of(element), start_of(element)))
    bars = [list_attempt for list_attempt in draw_bars(tries) if start_of(list_attempt)]
    if waiting := sum(not start_of(list_attempt) for list_attempt in tries):
        session.output.note(f"{format_count(waiting, 'task instance')} did not start")
    since, now = min(map(start_of, bars), default=None), datetime.now(UTC).isoformat()
    data = {**path, "since": since, "until": now, "bars": bars}
    from airflowctl.core.rich_results import Picture

    return Picture("gantt", data, Rows(tries, FIELDS, "task_id", optional={"map_index": -1}))
