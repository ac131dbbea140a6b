"""A screen of the tests' terminal emulator as SVG."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Any

_WIDTH, _HEIGHT, _SIZE = 8.4, 18, 14  # of a cell and of its letter, in pixels
_COLOURS = {
    "black": "#1c1c1c", "red": "#e06c75", "green": "#98c379", "brown": "#d7af5f", "blue": "#61afef",
    "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#d0d0d0", "default": "",
}  # fmt: skip
_FRONT, _BACK = "#d0d0d0", "#1c1c1c"


def draw_screen(screen: Any) -> str:
    """Return the cells of a `pyte.Screen`, its empty lines at the bottom left out."""
    rows = [[screen.buffer[row][column] for column in range(screen.columns)] for row in range(screen.lines)]
    while rows and not any(cell.data.strip() for cell in rows[-1]):
        rows.pop()
    width, height = screen.columns * _WIDTH + 16, len(rows) * _HEIGHT + 16
    body = "".join(_draw_row(row, number) for number, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}"'
        f' font-family="monospace" font-size="{_SIZE}">'
        f'<rect width="100%" height="100%" rx="6" fill="{_BACK}"/>'
        f"{body}</svg>\n"
    )


def _draw_row(row: list[Any], number: int) -> str:
    result, column = "", 0
    for (front, back, bold), cells in groupby(row, _style):
        text = "".join(cell.data for cell in cells)
        x, y, span = 8 + column * _WIDTH, 8 + number * _HEIGHT, len(text) * _WIDTH
        column += len(text)
        if back != _BACK:
            result += f'<rect x="{x:.1f}" y="{y}" width="{span:.1f}" height="{_HEIGHT}" fill="{back}"/>'
        if text.strip():
            weight = ' font-weight="bold"' if bold else ""
            result += (
                f'<text x="{x:.1f}" y="{y + 13}" fill="{front}"{weight} textLength="{span:.1f}"'
                f' xml:space="preserve">{escape(text)}</text>\n'
            )
    return result


def _style(cell: Any) -> tuple[str, str, bool]:
    front, back = _colour(cell.fg) or _FRONT, _colour(cell.bg) or _BACK
    return (back, front, cell.bold) if cell.reverse else (front, back, cell.bold)


def _colour(name: str) -> str:
    name = name.removeprefix("bright")
    return _COLOURS.get(name, f"#{name}")
