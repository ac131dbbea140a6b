"""Bars over time: when each task of a run waited for a slot, and when it ran."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflowctl.core.durations import duration, moment
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import instance_name
from airflowctl.output.pictures.pen import Pen, pad, safe_text
from airflowctl.output.table import cells_of
from airflowctl.output.times import Clock
from airflowctl.output.values import short_text

if TYPE_CHECKING:
    from typing import Any

_NARROWEST, _WIDEST = 10, 40  # letters for the names of tasks


def gantt(data: Mapping[str, Any], pen: Pen, width: int, clock: Clock) -> Iterator[str]:
    """`data`: `bars`, the first one first, each with its times, and the time `until` which is drawn."""
    bars = data["bars"]
    if not bars:
        yield "no task has started"
        return
    until = _seconds(data["until"]) or 0
    spans = [_span(bar, until) for bar in bars]
    start = min((first for first, _, _ in spans if first is not None), default=until)
    # A run whose tasks all ended in the same instant has no length to divide by.
    whole = max(max((end for _, _, end in spans if end is not None), default=until) - start, 0.001)
    titles = [_title(bar) for bar in bars]
    ends = [_end(bar, span) for bar, span in zip(bars, spans, strict=True)]
    after = max(map(cells_of, ends))
    # Two dozen letters are the least in which a bar still tells a short task from a long one.
    names = max(_NARROWEST, min(max(map(cells_of, titles)), _WIDEST, width - after - 24))
    room = max(8, width - names - after - 4)
    yield f"{' ' * names}  {_axis(whole, room)}".rstrip()
    for bar, span, title, end in zip(bars, spans, titles, ends, strict=True):
        shown = [None if at is None else (at - start) / whole for at in span]
        drawn = _bar(shown, bar.get("state"), room, pen)
        state = bar.get("state")
        yield f"{pad(title, names)}  {drawn}  {pen.state(end, state)}".rstrip()
    queued, running = ("░", "█") if pen.unicode else (".", "#")
    begin = safe_text(short_text(data["since"], "since", clock._replace(now=None)))
    yield ""
    yield pen.dim(f"{queued} queued  {running} running   0 is {begin}")


def _span(bar: Mapping[str, Any], until: float) -> tuple[float | None, float | None, float | None]:
    """Return when it was queued, when it started and when it ended; until now where that is still to come."""
    queued, started = _seconds(bar.get("queued_when")), _seconds(bar.get("start_date"))
    ended = _seconds(bar.get("end_date"))
    if queued is not None and started is not None and queued > started:
        queued = None  # of another try
    first = queued if queued is not None else started
    if first is None:
        return None, None, None
    # Clocks of workers differ: one may report an end before the scheduler's start.
    return first, started, max(first, until if ended is None else ended)


def _end(bar: Mapping[str, Any], span: Sequence[float | None]) -> str:
    """Return how long it ran, and what came of it where that is not success."""
    _, started, ended = span
    state = bar.get("state")
    took = duration(ended - started) if started is not None and ended is not None else ""
    if state == "success":
        return took
    return f"{took} {safe_text(state) or 'not yet'}".strip()


def _title(bar: Mapping[str, Any]) -> str:
    many = f" [{bar['instances']}]" if bar.get("instances") else ""
    return (
        safe_text(instance_name(bar))
        + many
        + (f" try {bar['try_number']}" if bar.get("tries", 1) > 1 else "")
    )


def _bar(shown: Sequence[float | None], state: Any, room: int, pen: Pen) -> str:
    first, started, ended = shown
    if first is None or ended is None:
        return " " * room
    begin = min(room - 1, int(first * room))
    # At least one letter: a task of a second in a run of a day is still there.
    end = max(begin + 1, min(room, round(ended * room)))
    turn = end if started is None else min(end - 1, max(begin, int(started * room)))
    queued, running = ("░", "█") if pen.unicode else (".", "#")
    bar = pen.dim(queued * (turn - begin)) + pen.state(running * (end - turn), state)
    return " " * begin + bar + " " * (room - end)


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
