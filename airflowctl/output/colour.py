"""The colours of states: of a terminal's sixteen those that can be read on black and on white."""

from __future__ import annotations

from collections.abc import Iterator

_RED, _GREEN, _YELLOW, _MAGENTA, _CYAN, GREY = (f"\x1b[{number}m" for number in (31, 32, 33, 35, 36, 90))
END = "\x1b[0m"
BOLD_RED = "\x1b[1;31m"
LEVELS = {"debug": GREY, "warning": _YELLOW, "warn": _YELLOW, "error": _RED, "critical": BOLD_RED}  # of logs
NAMES = (_CYAN, _GREEN, _MAGENTA, _YELLOW, "\x1b[34m", _RED)  # to tell the tasks of a run apart
_CODES = (_RED, _GREEN, _YELLOW, _MAGENTA, _CYAN, GREY, END)
# As near to Airflow's web UI as these come.
_STATES = {
    "success": _GREEN,
    "healthy": _GREEN,
    "running": _CYAN,
    "restarting": _CYAN,
    "failed": _RED,
    "unhealthy": _RED,
    "upstream_failed": _YELLOW,
    "up_for_retry": _YELLOW,
    "up_for_reschedule": _CYAN,
    "skipped": _MAGENTA,
    "deferred": _MAGENTA,
    "queued": GREY,
    "scheduled": GREY,
    "removed": GREY,
    "awaiting_input": _MAGENTA,
}


def painted(text: str, column: str, value: object) -> str:
    """A cell, made safe and cut already, in the colour of its state; others as they are."""
    name = column.rpartition(".")[2]
    is_state = name in ("state", "status") or name.endswith(("_state", "_status"))
    code = _STATES.get(value) if is_state and isinstance(value, str) else None
    return f"{code}{text}{END}" if code and text else text


def dimmed(text: str) -> str:
    """What is less important, made safe already."""
    return f"{GREY}{text}{END}" if text.strip() else text


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut at our codes: each part, and whether it is one of them."""
    from re import split

    for part in split("(" + "|".join(code.replace("[", r"\[") for code in _CODES) + ")", text):
        yield part, part in _CODES
