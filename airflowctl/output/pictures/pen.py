"""What all pictures draw with: letters for states, colours, text of an exact width."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.output import sanitise
from airflowctl.output.cells import cells_of, cut
from airflowctl.output.colour import colour_state, dim
from airflowctl.output.values import full_text

if TYPE_CHECKING:
    from typing import Any

# One letter a state, readable without colour; success is quiet, so that the others are seen.
LETTERS = {
    "failed": "F", "upstream_failed": "U", "up_for_retry": "T", "up_for_reschedule": "W", "running": "R",
    "restarting": "G", "queued": "Q", "scheduled": "C", "deferred": "D", "awaiting_input": "H",
    "skipped": "S", "removed": "X",
}  # fmt: skip


class Pen(NamedTuple):
    """What can be drawn with: letters beyond ASCII, colours."""

    unicode: bool
    colour: bool

    def state(self, text: str, state: Any) -> str:
        """Return text, made safe and cut already, in the colour of a state."""
        return colour_state(text, "state", state) if self.colour and text.strip() else text

    def dim(self, text: str) -> str:
        return dim(text) if self.colour else text

    def mark(self, state: Any) -> str:
        """Return the letter of a state; a task that waits for its turn has a dot."""
        if state is None:
            return "·" if self.unicode else "."
        if state == "success":
            return "■" if self.unicode else "="
        return LETTERS.get(state) or safe_text(state)[:1].upper() or "?"


def safe_text(value: Any) -> str:
    """Return a value as text in one line that a terminal can print."""
    return sanitise.line(full_text(value))


def pad(text: str, room: int) -> str:
    """Return the text cut or filled up to exactly `room` character cells."""
    text = cut(text, room)
    return text + " " * (room - cells_of(text))
