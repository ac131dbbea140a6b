"""A run as bars over time."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.graph import overall
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import counted, index_of
from airflowctl.domain.runs.lookup import DAG_ID, RUN_OR_NEWEST, the_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from airflowctl.core.rich_results import Picture
    from airflowctl.session.session import Session

FIELDS = ("task_id", "map_index", "try_number", "state", "queued_when", "start_date", "end_date", "duration")
MANY = 8  # instances of a mapped task, above which they are one bar


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
    tries = [one for instance in instances for one in _tries(session, place, instance)]
    tries.sort(key=lambda one: (not _begin(one), _begin(one)))
    bars = [one for one in _bars(tries) if _begin(one)]
    if waiting := sum(not _begin(one) for one in tries):
        session.output.note(f"{counted(waiting, 'task instance')} did not start")
    since, now = min(map(_begin, bars), default=None), datetime.now(UTC).isoformat()
    data = {**place, "since": since, "until": now, "bars": bars}
    from airflowctl.core.rich_results import Picture

    return Picture("gantt", data, Rows(tries, FIELDS, "task_id", optional={"map_index": -1}))


def _begin(one: dict[str, Any]) -> str:
    """When it was queued or started; empty where it was not."""
    return min((one[name] for name in ("queued_when", "start_date") if one.get(name)), default="")


def _tries(session: Session, place: dict[str, Any], one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All tries of an instance; the server is asked for them where there was more than one."""
    tries = [one]
    if (one.get("try_number") or 0) > 1:
        from airflowctl.domain.tasks.lookup import tries_of

        tries = tries_of(session, {**place, "task_id": str(one.get("task_id"))}, index_of(one))
    for each in tries:
        shown = {name: each.get(name) for name in FIELDS}
        yield {**shown, "tries": len(tries)} if len(tries) > 1 else shown


def _bars(tries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A bar a try; one for all where a mapped task has many."""
    of: dict[str, list[dict[str, Any]]] = {}
    for one in tries:
        of.setdefault(one["task_id"], []).append(one)
    for name, every in of.items():
        indices = {one["map_index"] for one in every}
        if len(indices) <= MANY:
            yield from every
            continue
        begun = [one for one in every if one["start_date"]]
        ends = [one["end_date"] for one in begun]
        yield {
            "task_id": name,
            "instances": len(indices),
            "state": overall(one["state"] for one in every),
            "queued_when": min((one["queued_when"] for one in every if one["queued_when"]), default=None),
            "start_date": min((one["start_date"] for one in begun), default=None),
            "end_date": None if None in ends else max(ends, default=None),
        }
