"""Pictures made of letters: a graph, a grid, bars over time. Here: what they have in common."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.output import sanitise
from airflowctl.output.cells import full
from airflowctl.output.colour import dimmed, painted
from airflowctl.output.table import cells_of, cut

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.display import Picture
    from airflowctl.output.render import Style

WIDTH = 80  # where there is no terminal to fit
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
        """Text, made safe and cut already, in the colour of a state."""
        return painted(text, "state", state) if self.colour and text.strip() else text

    def dim(self, text: str) -> str:
        return dimmed(text) if self.colour else text

    def mark(self, state: Any) -> str:
        """The letter of a state; a task that waits for its turn has a dot."""
        if state is None:
            return "·" if self.unicode else "."
        if state == "success":
            return "■" if self.unicode else "="
        return LETTERS.get(state) or told(state)[:1].upper() or "?"


def drawn(result: Picture, style: Style) -> Iterator[str]:
    """The lines of a picture; as wide as the terminal, in a pipe as wide as it needs."""
    pen = Pen(style.unicode, style.colour)
    if result.kind == "graph":
        from airflowctl.output.picture_graph import graph

        return graph(result.data, pen, style.width)
    if result.kind == "grid":
        from airflowctl.output.picture_grid import grid

        return grid(result.data, pen, style.width, style.clock)
    from airflowctl.output.picture_gantt import gantt

    return gantt(result.data, pen, style.width or WIDTH, style.clock)


def told(value: Any) -> str:
    """A value as safe text in one line."""
    return sanitise.line(full(value))


def padded(text: str, room: int) -> str:
    """Text cut or filled up to exactly so many character cells."""
    text = cut(text, room)
    return text + " " * (room - cells_of(text))
