"""Bars over time: when a run and each of its tasks was queued, waited and ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflowctl.core.durations import duration, moment
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import instance_name
from airflowctl.output.cells import cells_of
from airflowctl.output.pictures.pen import Pen, pad, safe_text
from airflowctl.output.times import Clock
from airflowctl.output.values import short_text

if TYPE_CHECKING:
    from typing import Any

_NARROWEST, _WIDEST = 10, 40  # letters for the names of tasks
_RUN = "(the run)"


# What a phase is drawn with: in Unicode, and in ASCII.
_MARKS = {"queued": ("░", "."), "running": ("█", "#"), "waiting": ("▒", "~")}


class _Span(NamedTuple):
    """A phase of a bar in seconds."""

    phase: str
    begin: float
    end: float


def gantt(data: Mapping[str, Any], pen: Pen, width: int, clock: Clock) -> Iterator[str]:
    """`data`: `run` and `bars`, the first one first, each with its phases, and the time `until` which is
    drawn."""
    bars = [{**data["run"], "task_id": _RUN}, *data["bars"]]
    until = _seconds(data["until"]) or 0
    spans = [_spans(bar, until) for bar in bars]
    every = [span for of_bar in spans for span in of_bar]
    if not every:
        yield "no task has started"
        return
    start = min(span.begin for span in every)
    # A run whose tasks all ended in the same instant has no length to divide by.
    whole = max(max(span.end for span in every) - start, 0.001)
    titles = [_title(bar) for bar in bars]
    ends = [_end(bar, of_bar) for bar, of_bar in zip(bars, spans, strict=True)]
    after = max(map(cells_of, ends))
    # Two dozen letters are the least in which a bar still tells a short task from a long one.
    names = max(_NARROWEST, min(max(map(cells_of, titles)), _WIDEST, width - after - 24))
    room = max(8, width - names - after - 4)
    yield f"{' ' * names}  {_axis(whole, room)}".rstrip()
    for bar, of_bar, title, end in zip(bars, spans, titles, ends, strict=True):
        shown = [
            span._replace(begin=(span.begin - start) / whole, end=(span.end - start) / whole)
            for span in of_bar
        ]
        state = bar.get("state")
        drawn = _bar(shown, state, room, pen)
        yield f"{pad(title, names)}  {drawn}  {pen.state(end, state)}".rstrip()
    begin = safe_text(short_text(data["since"], "since", clock._replace(now=None)))
    used = dict.fromkeys(("queued", "running", *(span.phase for span in every)))
    yield ""
    yield pen.dim("  ".join([*(f"{_mark(phase, pen)} {phase}" for phase in used), f" 0 is {begin}"]))


def _mark(phase: str, pen: Pen) -> str:
    return _MARKS[phase][0 if pen.unicode else 1]


def _spans(bar: Mapping[str, Any], until: float) -> list[_Span]:
    """Return the phases of a bar in seconds; until now where one has not ended."""
    spans = []
    for phase in bar["phases"]:
        begin, end = _seconds(phase["from"]), _seconds(phase["until"])
        if begin is not None:
            # Clocks of workers differ: one may report an end before the scheduler's start.
            spans.append(_Span(phase["phase"], begin, max(begin, until if end is None else end)))
    return spans


def _end(bar: Mapping[str, Any], spans: Sequence[_Span]) -> str:
    """Return how long it ran, how long it waited, and what came of it where that is not success."""
    state = bar.get("state")
    took = {phase: sum(span.end - span.begin for span in spans if span.phase == phase) for phase in _MARKS}
    parts = [duration(took["running"])] if any(span.phase == "running" for span in spans) else []
    if took["waiting"]:
        parts = [", ".join([*parts, f"waited {duration(took['waiting'])}"])]
    if state != "success":
        parts.append(safe_text(state) or "not yet")
    return " ".join(parts)


def _title(bar: Mapping[str, Any]) -> str:
    many = f" [{bar['instances']}]" if bar.get("instances") else ""
    return (
        safe_text(instance_name(bar))
        + many
        + (f" try {bar['try_number']}" if bar.get("tries", 1) > 1 else "")
    )


def _bar(shown: Sequence[_Span], state: Any, room: int, pen: Pen) -> str:
    if not shown:
        return " " * room
    line, column = "", 0
    for number, span in enumerate(shown):
        begin = max(column, min(room - 1, int(span.begin * room)))
        # At least one letter: a task of a second in a run of a day is still there.
        least = 1 if span.phase != "queued" or len(shown) == 1 else 0
        is_last = number == len(shown) - 1
        end = max(begin + least, min(room, round(span.end * room) if is_last else int(span.end * room)))
        letters = _mark(span.phase, pen) * (min(end, room) - begin)
        line += " " * (begin - column)
        line += pen.state(letters, state) if span.phase == "running" else pen.dim(letters)
        column = max(column, min(end, room))
    return line + " " * (room - column)


def _axis(whole: float, room: int) -> str:
    """Return the seconds from the start, where there is room for them."""
    steps = max(1, room // 16)
    line = "0"
    for step in range(1, steps + 1):
        text, index = duration(whole * step / steps), round(room * step / steps)
        line = line.ljust(index - cells_of(text)) + text
    return line


def _seconds(text: Any) -> float | None:
    time = moment(text)
    return time.timestamp() if time else None
