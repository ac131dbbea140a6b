"""How many cells of a terminal a text takes, and texts cut or wrapped to a number of them."""

from __future__ import annotations

from collections.abc import Iterator

ELLIPSIS = "…"


def cells_of(text: str) -> int:
    """Return how many character cells the text takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def cut(text: str, room: int) -> str:
    if cells_of(text) <= room:
        return text
    # A letter may take two cells, so that the letters are counted only to begin with.
    kept = text[: room - 1]
    while cells_of(kept) > room - 1:
        kept = kept[:-1]
    return kept + ELLIPSIS


def cut_middle(text: str, room: int, end_room: int) -> str:
    """Return the beginning of a text that is too long, and its end, which has at most so many cells."""
    if cells_of(text) <= room:
        return text
    end = text[-end_room:]
    while cells_of(end) > end_room:
        end = end[1:]
    left = room - len(ELLIPSIS) - cells_of(end)
    start = text[:left]
    while cells_of(start) > left:
        start = start[:-1]
    return f"{start}{ELLIPSIS}{end}"


def wrap(text: str, room: int | None) -> Iterator[str]:
    for line in text.split("\n"):
        # No letter takes more than two cells: most lines are short enough without a look at each letter.
        if room is None or len(line) * 2 <= room or cells_of(line) <= room:
            yield line
        elif line.isascii():
            yield from (line[start : start + room] for start in range(0, len(line), room))
        else:
            yield from _wrap_wide(line, room)


def _wrap_wide(line: str, room: int) -> Iterator[str]:
    start, used = 0, 0
    for index, letter in enumerate(line):
        cells = cells_of(letter)
        if used + cells > room:
            yield line[start:index]
            start, used = index, 0
        used += cells
    yield line[start:]
