"""How a batch ended: which of its commands are done, which may be, and where to begin again."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.core.typed import NamedTuple

DONE, FAILED, IN_DOUBT, LOST = "done", "failed", "in doubt", "lost"  # what became of a command
_MOST_LINES = 20  # that are named


class Stop(NamedTuple):
    """Where a batch stopped: at the command `at`, by its place for `--from`, of which `state` says what
    became; before it, where the state is "". `after` is the command after it, "" where it is the last."""

    state: str
    at: str
    after: str


def sentence(label: str, total: int, done: int, failed: Sequence[str], stop: Stop | None) -> str:
    """Return how a batch of `total` commands (0: not known) ended; "" where all are done. `failed` are lines
    before the one at which it stopped."""
    if stop is None and not failed:
        return ""
    if stop is None:
        return f"{label}: {done} done, {_failures(failed)}"
    begun = done + len(failed) + (stop.state != "")
    parts = [f"{done} of {total} commands done" if total else f"{done} commands done"]
    parts += [_failures(failed)] if failed else []
    parts += [text] if (text := _state(stop)) else []
    parts += [f"{total - begun} not begun"] if begun < total else []
    way = _way(stop) if total else ""  # what came by a stream cannot come again
    return f"{label}: {', '.join(parts)}" + (f"; continue with: {way}" if way else "")


def _failures(lines: Sequence[str]) -> str:
    named = ", ".join(lines[:_MOST_LINES]) + (" ..." if len(lines) > _MOST_LINES else "")
    return f"{len(lines)} failed: line{'s' if len(lines) > 1 else ''} {named}"


def _state(stop: Stop) -> str:
    return {
        FAILED: f"line {stop.at} failed",
        IN_DOUBT: f"line {stop.at} may or may not be done",
        LOST: f"line {stop.at} is done, but its result is lost",
    }.get(stop.state, "")


def _way(stop: Stop) -> str:
    """Return the options with which the rest can be run; "" where there is none."""
    if stop.state == LOST:
        return f"--from {stop.after}" if stop.after else ""
    if stop.state == IN_DOUBT and stop.after:
        return f"--from {stop.at} (or --from {stop.after})"
    return f"--from {stop.at}" if stop.at else ""
