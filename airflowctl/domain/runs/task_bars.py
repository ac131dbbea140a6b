"""The bars of a run: when each try of each task waited and when it ran."""

from __future__ import annotations

from airflowctl.core.task_order import overall
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import index_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from airflowctl.session.session import Session


FIELDS = ("task_id", "map_index", "try_number", "state", "queued_when", "start_date", "end_date", "duration")
MANY = 8  # instances of a mapped task, above which they are one bar


def start_of(one: dict[str, Any]) -> str:
    """When it was queued or started; empty where it was not."""
    return min((one[name] for name in ("queued_when", "start_date") if one.get(name)), default="")


def list_tries(session: Session, place: dict[str, Any], one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All tries of an instance; the server is asked for them where there was more than one."""
    tries = [one]
    if (one.get("try_number") or 0) > 1:
        from airflowctl.domain.tasks.lookup import tries_of

        tries = tries_of(session, {**place, "task_id": str(one.get("task_id"))}, index_of(one))
    for each in tries:
        shown = {name: each.get(name) for name in FIELDS}
        yield {**shown, "tries": len(tries)} if len(tries) > 1 else shown


def draw_bars(tries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
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
