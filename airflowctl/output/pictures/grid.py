"""The last runs of a Dag beside each other: a column a run, a line a task, a letter a state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflowctl.core.durations import duration
from airflowctl.core.task_order import overall
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.cells import cells_of
from airflowctl.output.pictures.pen import Pen, pad, safe_text
from airflowctl.output.times import Clock
from airflowctl.output.values import short_text

if TYPE_CHECKING:
    from typing import Any

_BARS = "▁▂▃▄▅▆▇█"
_NARROWEST, _WIDEST = 12, 44  # letters for the names of tasks


def grid(data: Mapping[str, Any], pen: Pen, width: int | None, clock: Clock) -> Iterator[str]:
    """`data`: `runs`, the oldest first, and `tasks`, each with its `states` by run. Where there is no room
    for all the runs, the newest are shown."""
    runs, tasks = data["runs"], data["tasks"]
    longest = max((cells_of(safe_text(task["task_id"])) for task in tasks), default=0)
    names = max(longest, _NARROWEST)
    if width is not None:
        names = max(_NARROWEST, min(names, _WIDEST, width - 2 * len(runs) - 2))
        # From the right: the newest runs are those that a user looks for.
        runs = runs[-max(1, (width - names - 2) // 2) :]
    seconds = [run.get("duration") or 0 for run in runs]
    top = max(seconds, default=0)
    if top > 0:
        bars = [_bar(second / top, pen) for second in seconds]
        yield _line("duration", bars, runs, names, pen)
    marks = [pen.mark(run.get("state")) for run in runs]
    yield _line("run", marks, runs, names, pen)
    yield from _facts(runs, names, pen)
    for task in tasks:
        states = [task["states"].get(run["dag_run_id"], "") for run in runs]
        # None is a state (not yet), and a run without the task has none at all: a blank keeps later marks in
        # their column.
        cells = [pen.mark(state) if state != "" else " " for state in states]
        painted = [{"state": state} for state in states]
        yield _line(safe_text(task["task_id"]), cells, painted, names, pen)
    yield ""
    yield from _dates(runs, top, pen, clock)
    yield from _notes(runs, pen)
    yield from _legend(data, runs, pen, width)


def _line(name: str, cells: Sequence[str], records: Sequence[Mapping[str, Any]], names: int, pen: Pen) -> str:
    shown = (pen.state(cell, record.get("state")) for cell, record in zip(cells, records, strict=True))
    return f"{pad(name, names)}  {' '.join(shown)}".rstrip()


def _facts(runs: Sequence[Mapping[str, Any]], names: int, pen: Pen) -> Iterator[str]:
    """Yield a line of types where they differ, and one that marks the runs in which the version changed."""
    types = [_type_letter(run) for run in runs]
    plain: list[Mapping[str, Any]] = [{} for _ in runs]
    if len(set(types)) > 1:
        yield _line("type", types, plain, names, pen)
    if changed := _changes_of_version(runs):
        mark = "▲" if pen.unicode else "^"
        marks = [mark if index in changed else " " for index in range(len(runs))]
        yield _line("version", marks, plain, names, pen)


def _type_letter(run: Mapping[str, Any]) -> str:
    """Return the first letter of a run's type; both types that assets make have `a`."""
    return safe_text(run.get("run_type"))[:1] or "?"


def _changes_of_version(runs: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Any, Any]]:
    """Return the version before and that of the run, by the place of each run with another one."""
    changed, before = {}, None
    for index, run in enumerate(runs):
        now = run.get("version")
        if now is not None and before is not None and now != before:
            changed[index] = before, now
        before = before if now is None else now
    return changed


def _notes(runs: Sequence[Mapping[str, Any]], pen: Pen) -> Iterator[str]:
    """Yield how many runs are of which type, of which backfills, and which versions they have."""
    types = [safe_text(run.get("run_type")) or "unknown" for run in runs]
    parts = [f"{name[:1]} {types.count(name)} {name}" for name in dict.fromkeys(types)]
    numbers = dict.fromkeys(run["backfill_id"] for run in runs if run.get("backfill_id") is not None)
    if numbers:
        plural = "s" if len(numbers) > 1 else ""
        parts.append(f"of backfill{plural} {', '.join(map(safe_text, numbers))}")
    if len(set(types)) > 1 or numbers:
        yield pen.dim("  ".join(parts))
    mark = "▲" if pen.unicode else "^"
    for index, (before, now) in _changes_of_version(runs).items():
        run_id = safe_text(runs[index].get("dag_run_id"))
        yield pen.dim(f"{mark} version {safe_text(now)} after {safe_text(before)}, from {run_id}")


def _bar(part: float, pen: Pen) -> str:
    """Return how long a run took, as a part of the longest."""
    bars = _BARS if pen.unicode else "12345678"
    return bars[min(len(bars) - 1, int(part * len(bars)))] if part > 0 else " "


def _dates(runs: Sequence[Mapping[str, Any]], top: float, pen: Pen, clock: Clock) -> Iterator[str]:
    """Yield when the oldest and the newest were due, and what the highest bar stands for."""
    if not runs:
        return
    fixed_clock = clock._replace(now=None)
    dates = [safe_text(short_text(run.get("run_after"), "run_after", fixed_clock))[:16] for run in runs]
    between = " → " if pen.unicode else " to "
    yield pen.dim(dates[0] if len(runs) == 1 else f"{dates[0]}{between}{dates[-1]}")
    longest = f"; the longest took {duration(top)}" if top > 0 else ""
    yield pen.dim(f"{len(runs)} run{'s' if len(runs) > 1 else ''}{longest}")


def _legend(
    data: Mapping[str, Any], runs: Sequence[Mapping[str, Any]], pen: Pen, width: int | None
) -> Iterator[str]:
    """Yield what the letters mean that are there."""
    shown = {run["dag_run_id"] for run in runs}
    used = {state for task in data["tasks"] for run, state in task["states"].items() if run in shown}
    used |= {run.get("state") for run in runs}
    line, used_room = "", 0
    while used:
        # The worst first, as in a list that is read from its beginning.
        state = overall(used)
        used.remove(state)
        name = "not yet" if state is None else safe_text(state)
        text = f"{pen.mark(state)} {name}"
        if width is not None and line and used_room + cells_of(text) + 2 > width:
            yield line
            line, used_room = "", 0
        line += ("  " if line else "") + pen.state(text, state)
        used_room += cells_of(text) + 2
    if line:
        yield line
