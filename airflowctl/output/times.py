"""Times, durations and ages as a person reads them."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


class Clock(NamedTuple):
    """How to tell times: in UTC (`moved` is False) or in a zone, None being that of this machine; with ages
    where `now` is given. `durations`: seconds are told as hours and minutes."""

    moved: bool = False
    zone: tzinfo | None = None
    now: datetime | None = None
    durations: bool = False


UTC = Clock()


def is_time(text: str) -> bool:
    """`2026-11-01T06:00:00.123Z`, as the API writes times: always UTC."""
    return (
        20 <= len(text) <= 32
        and text[4] == text[7] == "-"
        and text[10] == "T"
        and text[13] == text[16] == ":"
        and text.endswith(("Z", "+00:00"))
        and text[:4].isdigit()
    )


def told(text: str, clock: Clock, mark: str, length: int = 19) -> str:
    """A time, to the second, or as long as `length`; `mark` is what tells that it is UTC."""
    moment = moment_of(text) if clock.moved or clock.now else None
    shown, zone = f"{text[:10]} {text[11:19]}", mark
    if moment is not None and clock.moved:
        try:
            moment = moment.astimezone(clock.zone)
            offset = moment.strftime("%z")
            shown, zone = f"{moment:%Y-%m-%d %H:%M:%S}", f"{offset[:3]}:{offset[3:5]}"
        except (OverflowError, ValueError):  # at the ends of the calendar
            zone = "Z"
    ago = f" ({age((clock.now - moment).total_seconds())})" if clock.now and moment else ""
    if length < 19:
        zone = zone.removesuffix(":00")  # `+01` says as much
    return shown[:length] + zone + ago


def moment_of(text: str) -> datetime | None:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_duration(column: str) -> bool:
    """Whether a field of this name holds seconds that something took."""
    name = column.rpartition(".")[2]
    return name == "duration" or name.endswith("_duration")


def duration(seconds: float) -> str:
    """`350 ms`, `4.1 s`, `3 min 05 s`, `2 h 10 min`, `3 d 04 h`."""
    if seconds < 0:
        return "-" + duration(-seconds)
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
    length, unit = next((it for it in _UNITS if whole >= it[0]), (1, "s"))
    text = f"{whole // length} {unit}"
    if whole == 0:
        return "now"
    return f"{text} ago" if seconds > 0 else f"in {text}"


def age_of(text: str) -> str:
    """How long ago that is, of a time as the API writes it."""
    from datetime import UTC, datetime

    moment = moment_of(text)
    return age((datetime.now(UTC) - moment).total_seconds()) if moment else text
