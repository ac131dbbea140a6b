"""The bars of a run: when each try of each task waited and when it ran."""

from __future__ import annotations

from airflowctl.core.task_order import overall
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, index_of
from airflowctl.domain.parallel import of_each
from airflowctl.domain.runs.task_phases import MOST_LOGS, list_phases, may_have_waited, read_phases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from airflowctl.session.session import Session


FIELDS = ("task_id", "map_index", "try_number", "state", "queued_when", "start_date", "end_date", "duration")
MANY = 8  # instances of a mapped task, above which they are one bar


def start_of(record: dict[str, Any]) -> str:
    """Return when it was queued or started; empty where it was not."""
    return min((record[name] for name in ("queued_when", "start_date") if record.get(name)), default="")


def list_tries(session: Session, path: dict[str, Any], record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all tries of an instance; the server is asked for them where there was more than one."""
    tries = [record]
    if (record.get("try_number") or 0) > 1:
        from airflowctl.domain.tasks.lookup import tries_of

        tries = tries_of(session, {**path, "task_id": str(record["task_id"])}, index_of(record))
    yield from ({**attempt, "tries": len(tries)} for attempt in tries)


def add_phases(
    session: Session, path: dict[str, Any], tries: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what is drawn of each try, with its phases; the logs of the first sensors are read for that."""
    read = [attempt for attempt in tries if may_have_waited(attempt)]
    if len(read) > MOST_LOGS:
        left = format_count(len(read) - MOST_LOGS, "log")
        session.output.note(f"{left} of sensors were not read: of them only the last look is drawn")
    parts = of_each(lambda attempt: read_phases(session, path, attempt), read[:MOST_LOGS])
    phases = {id(attempt): part.value for attempt, part in zip(read, parts, strict=False) if part.value}
    return [_make_bar(attempt, phases.get(id(attempt)) or list_phases(attempt)) for attempt in tries]


def _make_bar(attempt: dict[str, Any], phases: list[dict[str, Any]]) -> dict[str, Any]:
    bar = {**{name: attempt.get(name) for name in FIELDS}, "phases": phases}
    return {**bar, "tries": attempt["tries"]} if attempt["tries"] > 1 else bar


def draw_run(run: dict[str, Any]) -> dict[str, Any]:
    """Return the bar of the run itself: how long it was queued, and how long it has run."""
    fields = {"queued_when": run.get("queued_at"), "start_date": run.get("start_date")}
    end = run.get("end_date")
    return {"state": run.get("state"), "phases": list_phases({**fields, "end_date": end})}


def draw_bars(tries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a bar a try; one for all where a mapped task has many."""
    tries_by_task: dict[str, list[dict[str, Any]]] = {}
    for attempt in tries:
        tries_by_task.setdefault(attempt["task_id"], []).append(attempt)
    for name, every in tries_by_task.items():
        indices = {attempt["map_index"] for attempt in every}
        if len(indices) <= MANY:
            yield from every
            continue
        begun = [attempt for attempt in every if attempt["start_date"]]
        ends = [attempt["end_date"] for attempt in begun]
        bar = {
            "task_id": name,
            "instances": len(indices),
            "state": overall(attempt["state"] for attempt in every),
            "queued_when": min(
                (attempt["queued_when"] for attempt in every if attempt["queued_when"]), default=None
            ),
            "start_date": min((attempt["start_date"] for attempt in begun), default=None),
            "end_date": None if None in ends else max(ends, default=None),
        }
        bar["phases"] = list_phases(bar)
        yield bar
