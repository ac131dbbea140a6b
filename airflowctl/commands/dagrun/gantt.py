"""`dagrun gantt`: a run as bars over time."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.runs.lookup import DAG_ID, RUN_OR_NEWEST, the_run
from airflowctl.domain.runs.task_bars import (
    FIELDS,
    MANY,
    add_phases,
    draw_bars,
    draw_run,
    list_tries,
    start_of,
)

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Picture
    from airflowctl.session.session import Session


@command(
    "dagrun gantt",
    "Draw when a run and each of its tasks was queued, waited and ran: a bar for each try.",
    DAG_ID,
    RUN_OR_NEWEST,
    op="get_task_instances",
    uses=(
        "get_task_instance_tries", "get_mapped_task_instance_tries", "get_dag_runs", "get_dag_run", "get_log",
    ),
    about=f"More than {MANY} instances of a mapped task are drawn as one bar, from the first start to the"
    " last end; -o tsv lists all of them. Waiting is time without a slot: deferred, between two pokes of a"
    " sensor, or until a person answers. The logs of sensors are read for this, as the API has only the"
    " last poke.",
    examples=("airflowctl dagrun gantt etl", "airflowctl dagrun gantt etl latest -o tsv"),
)  # fmt: skip
def gantt(session: Session, dag_id: str, run_id: str) -> Picture:
    from datetime import UTC, datetime

    from airflowctl.domain.parallel import alone

    run_id = the_run(session, dag_id, run_id)
    path: dict[str, Any] = {"dag_id": dag_id, "dag_run_id": run_id}
    query = {"order_by": "start_date"}
    instances = list(session.api.pages("get_task_instances", "task_instances", query=query, **path))
    records = [attempt for instance in instances for attempt in list_tries(session, path, instance)]
    # The tasks are what the picture is of: without the run's own record only its bar is missing.
    run = alone(lambda: session.api.record("get_dag_run", "state", **path)).value or {}
    tries = add_phases(session, path, records)
    tries.sort(key=lambda element: (not start_of(element), start_of(element)))
    bars = [bar for bar in draw_bars(tries) if start_of(bar)]
    if waiting := sum(not start_of(attempt) for attempt in tries):
        session.output.note(f"{format_count(waiting, 'task instance')} did not start")
    bar, now = draw_run(run), datetime.now(UTC).isoformat()
    begins = [phase["from"] for drawn in (bar, *bars) for phase in drawn["phases"]]
    data = {**path, "since": min(begins, default=None), "until": now, "run": bar, "bars": bars}
    from airflowctl.core.rich_results import Picture

    return Picture("gantt", data, Rows(tries, FIELDS, "task_id", optional={"map_index": -1}))
