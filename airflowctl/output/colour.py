"""The colours of states: those that can be read on black and on white."""

from __future__ import annotations

from collections.abc import Iterator

RED, GREEN, YELLOW, MAGENTA, CYAN, BOLD = (f"\x1b[{number}m" for number in (31, 32, 33, 35, 36, 1))
# Not "bright black" (90): the palettes of Solarized draw that in the colour of the background.
GREY = "\x1b[38;5;244m"
END = "\x1b[0m"
BOLD_RED = "\x1b[1;31m"
LEVELS = {"debug": GREY, "warning": YELLOW, "warn": YELLOW, "error": RED, "critical": BOLD_RED}  # of logs
NAMES = (CYAN, GREEN, MAGENTA, YELLOW, "\x1b[94m", "\x1b[95m", "\x1b[96m")  # tell a run's tasks apart
_CODES = (RED, GREEN, YELLOW, MAGENTA, CYAN, GREY, BOLD, END)
# As near to Airflow's web UI as these come.
_STATES = {
    "success": GREEN,
    "healthy": GREEN,
    "running": CYAN,
    "restarting": CYAN,
    "failed": RED,
    "unhealthy": RED,
    "upstream_failed": YELLOW,
    "up_for_retry": YELLOW,
    "up_for_reschedule": CYAN,
    "skipped": MAGENTA,
    "deferred": MAGENTA,
    "queued": GREY,
    "scheduled": GREY,
    "removed": GREY,
    "awaiting_input": MAGENTA,
}


def colour_state(text: str, column: str, value: object) -> str:
    """Return a cell, made safe and cut already, in the colour of its state; other cells unchanged."""
    name = column.rpartition(".")[2]
    is_state = name in ("state", "status") or name.endswith(("_state", "_status"))
    code = _STATES.get(value) if is_state and isinstance(value, str) else None
    return f"{code}{text}{END}" if code and text else text


def dim(text: str) -> str:
    """Return a text of less weight in grey. It is made safe already."""
    return f"{GREY}{text}{END}" if text.strip() else text


def split_codes(text: str, links: str = "") -> Iterator[tuple[str, bool]]:
    """Yield the text cut at the codes of this program: each part, and whether it is a code. `links` is the
    expression for more of them."""
    from re import split

    codes = [code.replace("[", r"\[") for code in _CODES]
    for index, part in enumerate(split(f"({'|'.join([*codes, links] if links else codes)})", text)):
        yield part, index % 2 == 1
