"""The log of a task."""

from __future__ import annotations

from airflowctl.commands.dagrun import DAG_ID, RUN_ID
from airflowctl.commands.tasks import MAP_INDEX, TASK_ID, instance, where
from airflowctl.core.command import command, opt
from airflowctl.core.errors import NotFound
from airflowctl.core.result import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import whole_number

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session import Session


@command(
    "tasks logs",
    "Print the log of a task in a run, as far as it is written.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    opt(
        "--try", help="Of this try; the last if not given.", name="number",
        convert=whole_number, complete="try", metavar="N",
    ),
    op="get_log",
    uses=("get_task_instance", "get_mapped_task_instance", "get_dag_runs"),
    about="With -o json the server's events as they are.",
    also=("tasks log",),
)  # fmt: skip
def logs(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, number: int | None
) -> Text:
    place = where(session, dag_id, run_id, task_id)
    if number is None:
        number = int(instance(session, place, map_index).get("try_number") or 0)
    if number == 0:
        raise NotFound(f"{task_id} has not started in {place['dag_run_id']}: there is no log yet")
    query = {"map_index": map_index, "full_content": True}
    answer = session.api.record("get_log", "content", query=query, try_number=str(number), **place)
    events = answer["content"] if isinstance(answer["content"], list) else []
    return Text("\n".join(line for event in events for line in _lines(event)), events)


def _lines(event: Any) -> list[str]:
    """An event as it is read: time, level, words, and the exceptions that came with it."""
    if not isinstance(event, dict):
        return [str(event)]
    moment = str(event.get("timestamp") or "").partition(".")[0].rstrip("Z")
    level = str(event.get("level") or "").upper()
    words = str(event.get("event", ""))
    found = [" ".join(part for part in (moment, f"{level:<7}" if level else "", words) if part)]
    for error in event.get("error_detail") or ():
        if isinstance(error, dict):
            found += _trace(error)
    return found


def _trace(error: dict[str, Any]) -> list[str]:
    frames = [one for one in error.get("frames") or () if isinstance(one, dict)]
    places = [f"  {one.get('filename')}:{one.get('lineno')} in {one.get('name')}" for one in frames]
    return [*places, f"{error.get('exc_type')}: {error.get('exc_value')}"]
