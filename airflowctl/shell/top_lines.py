"""The lines that the keys of `top` stand for, by the row that is selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from airflowctl.core.param_values import ValueWord
from airflowctl.domain.top.pages import DAGS, RUNS, TASKS, Place, Row
from completers.tokenizer import quote_visibly

Words = tuple[str, ...]


class Action(NamedTuple):
    """What a key does at some levels: `words` makes its line. What `changes` something waits for Enter."""

    key: str
    name: str
    words: Callable[[Place, Row], Words]
    changes: bool = False
    levels: Words = (DAGS, RUNS, TASKS)


def _names(place: Place, row: Row) -> Words:
    """Return the Dag, the run and the task of a row, as far as it has them."""
    names = (place.dag_id, place.run_id, row.name)
    return tuple(ValueWord(name) for name in names if name)


def _why(place: Place, row: Row) -> Words:
    return "why", *_names(place, row)[:2]


def _logs(place: Place, row: Row) -> Words:
    names = _names(place, row)
    if place.level == DAGS:
        return "dagrun", "logs", *names, "latest"
    if place.level == RUNS:
        return "dagrun", "logs", *names
    dag_id, run_id, task_id = names
    return "logs", dag_id, task_id, run_id, *_instance(row)


def _clear(place: Place, row: Row) -> Words:
    names = _names(place, row)
    if place.level == DAGS:
        return "tasks", "clear", names[0], "--run-id", "latest", "--only-failed"
    if place.level == RUNS:
        return "tasks", "clear", names[0], "--run-id", names[1], "--only-failed"
    dag_id, run_id, task_id = names
    return "tasks", "clear", dag_id, "--task-id", task_id, "--run-id", run_id, *_instance(row)


def _instance(row: Row) -> Words:
    index = row.item.get("map_index", -1)
    return ("--map-index", str(index)) if isinstance(index, int) and index >= 0 else ()


def _pause(place: Place, row: Row) -> Words:
    verb = "unpause" if row.item.get("is_paused") is True else "pause"
    return "dags", verb, _names(place, row)[0]


def _trigger(place: Place, row: Row) -> Words:
    return "dags", "trigger", _names(place, row)[0]


ACTIONS = (
    Action("w", "why", _why),
    Action("l", "logs", _logs),
    Action("c", "clear", _clear, changes=True),
    # Only the list of Dags says which of them are paused.
    Action("p", "pause", _pause, changes=True, levels=(DAGS,)),
    Action("t", "trigger", _trigger, changes=True),
)


def write_line(words: Words) -> str:
    """Return the line as a user would type it."""
    return " ".join(map(quote_visibly, words))
