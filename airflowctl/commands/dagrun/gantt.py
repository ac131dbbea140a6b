"""`dagrun gantt`: a run as bars over time."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import counted
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
    place: dict[str, Any] = {"dag_id": dag_id, "dag_run_id": run_id}
    query = {"order_by": "start_date"}
    instances = list(session.api.pages("get_task_instances", "task_instances", query=query, **place))
    tries = [one for instance in instances for one in list_tries(session, place, instance)]
    tries.sort(key=lambda one: (not start_of(one), start_of(one)))
    bars = [one for one in draw_bars(tries) if start_of(one)]
    if waiting := sum(not start_of(one) for one in tries):
        session.output.note(f"{counted(waiting, 'task instance')} did not start")
    since, now = min(map(start_of, bars), default=None), datetime.now(UTC).isoformat()
    data = {**place, "since": since, "until": now, "bars": bars}
    from airflowctl.core.rich_results import Picture

    return Picture("gantt", data, Rows(tries, FIELDS, "task_id", optional={"map_index": -1}))
