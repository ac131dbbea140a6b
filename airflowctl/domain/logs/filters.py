"""Which lines of a log are wanted."""

from __future__ import annotations

from airflowctl.core.durations import moment
from airflowctl.core.logs import is_mark, objects
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.logs.follow import Pause
from airflowctl.domain.logs.log_options import LEVELS, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# Levels as structlog and the standard library spell them; Airflow prints what the task's logger said.
_OTHERS = {"warn": "warning", "fatal": "critical", "exception": "error"}


def choose_lines(steps: Iterable[Line | Pause], wanted: Wanted) -> Iterator[Line | Pause]:
    """Yield the lines that are wanted, of which the last are held until there is a pause. Without all
    lines the marks of groups mean nothing, and are left out."""
    if wanted.is_all:
        yield from steps
        return
    lines = _matching(steps, wanted)
    if wanted.tail is not None:
        lines = _last(lines, wanted.tail)
    yield from lines


def _matching(steps: Iterable[Line | Pause], wanted: Wanted) -> Iterator[Line | Pause]:
    least = LEVELS.index(wanted.level or "debug")
    since = moment(wanted.since)
    is_late = since is None
    for step in steps:
        if isinstance(step, Pause):
            yield step
            continue
        if since is not None:
            when = moment(step.event.get("timestamp"))  # one without a time belongs to the one before it
            is_late = is_late if when is None else when >= since
        if (
            is_late
            and not is_mark(step.event)
            and _rank(step.event.get("level")) >= least
            and (wanted.grep is None or wanted.grep.search(_words(step)))
        ):
            yield step


def _last(steps: Iterable[Line | Pause], most: int) -> Iterator[Line | Pause]:
    """Yield the last lines before the first pause, and all that come after it."""
    from collections import deque

    held: deque[Line] = deque(maxlen=most)
    going = iter(steps)
    for step in going:
        if isinstance(step, Pause):
            yield from held
            yield step
            yield from going
            return
        held.append(step)
    yield from held


def _rank(level: Any) -> int:
    """Return what has no level, or an unknown one, is information."""
    name = str(level).lower()
    name = _OTHERS.get(name, name)
    # A `print` of a task has no level at all, and must not be lost by `--level info`.
    return LEVELS.index(name) if name in LEVELS else 1


def _words(line: Line) -> str:
    """Return the text of an event and of the exceptions that came with it."""
    texts = [str(line.event.get("event", ""))]
    texts += [
        f"{error.get('exc_type')}: {error.get('exc_value')}"
        for error in objects(line.event.get("error_detail"))
    ]
    return "\n".join(texts)
