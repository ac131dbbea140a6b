"""Spans of time in words: how long something took, how long ago it was."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def duration(seconds: float) -> str:
    """`350 ms`, `4.1 s`, `3 min 05 s`, `2 h 10 min`, `3 d 04 h`."""
    # Clocks of workers differ: a task may end before it began.
    if seconds < 0:
        return "-" + duration(-seconds)
    # The limits are where rounding would print the next unit: never `1000 ms` or `60 s`.
    if 0 < seconds < 0.9995:
        return f"{max(1, round(seconds * 1000))} ms"
    if seconds < 59.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = whole // 60
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes // 1440} d {minutes // 60 % 24:02} h"


_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def age(seconds: float) -> str:
    """`5 min ago`, or `in 5 min`: whole units, never rounded up."""
    whole = int(abs(seconds))
    length, unit = next((entry for entry in _UNITS if whole >= entry[0]), (1, "s"))
    text = f"{whole // length} {unit}"
    if whole == 0:
        return "now"
    return f"{text} ago" if seconds > 0 else f"in {text}"


def moment(value: object) -> datetime | None:
    """Return a time as the API writes it; None for what is none."""
    from datetime import UTC, datetime

    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
        parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        parsed.astimezone(UTC)  # the first and the last day of the calendar have no such time everywhere
    except (ValueError, OverflowError):
        return None
    return parsed


def seconds_since(value: object, now: datetime) -> float | None:
    """Return the seconds from a time of the API until `now`: negative for a later one, None for what is no
    time."""
    start = moment(value)
    return None if start is None else (now - start).total_seconds()


def ago(value: object, now: datetime) -> str:
    """`5 min ago` for a time of the API; empty for what is none."""
    passed = seconds_since(value, now)
    return "" if passed is None else age(passed)
