"""A picture as lines of text, by its kind."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.pictures.pen import Pen

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Picture
    from airflowctl.output.style import Style

_WIDTH = 80  # of bars over time where there is no terminal to fit


def draw_picture(picture: Picture, style: Style) -> Iterator[str]:
    """Yield the lines of a picture: as wide as the terminal, in a pipe as wide as it needs."""
    pen = Pen(style.unicode, style.colour)
    if picture.kind == "graph":
        from airflowctl.output.pictures.graph import graph

        return graph(picture.data, pen, style.width)
    if picture.kind == "grid":
        from airflowctl.output.pictures.grid import grid

        return grid(picture.data, pen, style.width, style.clock)
    from airflowctl.output.pictures.gantt import gantt

    return gantt(picture.data, pen, style.width or _WIDTH, style.clock)
