"""Times, durations and ages in words."""

from __future__ import annotations

from airflowctl.core.durations import age, moment
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


class Clock(NamedTuple):
    """How to print times: in UTC (`moved` is False) or in a zone, None being that of this machine; with ages
    where `now` is given. `durations`: seconds are printed as hours and minutes."""

    moved: bool = False
    zone: tzinfo | None = None
    now: datetime | None = None
    durations: bool = False


UTC = Clock()


def is_time(text: str) -> bool:
    """`2026-11-01T06:00:00.123Z`, as the API writes times: always UTC."""
    return (
        # A cell is asked this for each text of a table, where a regular expression would take most of the
        # time.
        20 <= len(text) <= 32
        and text[4] == text[7] == "-"
        and text[10] == "T"
        and text[13] == text[16] == ":"
        and text.endswith(("Z", "+00:00"))
        and text[:4].isdigit()
    )


def format_time(text: str, clock: Clock, mark: str, length: int = 19) -> str:
    """Return a time of the API to the second, or cut to `length`; `mark` follows a time in UTC."""
    time = moment(text) if clock.moved or clock.now else None
    shown, zone = f"{text[:10]} {text[11:19]}", mark
    if time is not None and clock.moved:
        try:
            time = time.astimezone(clock.zone)
            offset = time.strftime("%z")
            shown, zone = f"{time:%Y-%m-%d %H:%M:%S}", f"{offset[:3]}:{offset[3:5]}"
        except (OverflowError, ValueError):  # at the ends of the calendar
            zone = "Z"
    ago = f" ({age((clock.now - time).total_seconds())})" if clock.now and time else ""
    if length < 19:
        zone = zone.removesuffix(":00")  # `+01` says as much
    return shown[:length] + zone + ago


def is_duration(column: str) -> bool:
    """Return whether a field of this name holds seconds that something took."""
    name = column.rpartition(".")[2]
    return name == "duration" or name.endswith("_duration")
