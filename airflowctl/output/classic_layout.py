"""Tables as the classic command prints them: laid out as its library (rich 15) does, letter for letter.

The library itself takes longer to import than most commands run; `tests/output/test_classic_layout.py`
compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from re import Pattern

WIDTH = 200  # cells, in a pipe
_TAB = 8
# What the library takes out of each text: bell, backspace, vertical tab, form feed, carriage return.
_DROPPED = dict.fromkeys((7, 8, 11, 12, 13))
_TAG = r"(\\*)\[([a-z#/@][^[]*?)]"


def layout_table(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int = WIDTH) -> Iterator[str]:
    """Yield the lines of a table with their ends; `rows` are texts. The last line is blank, as wide as the
    table."""
    texts = [[strip_markup(text).translate(_DROPPED) for text in row] for row in (titles, *rows)]
    last = len(titles) - 1
    pads = [(int(index > 0), int(index < last)) for index in range(len(titles))]
    room = width - last
    columns = zip(*texts, strict=True)
    needed = [
        min(max(map(_measure, column)) + sum(pad), room) for column, pad in zip(columns, pads, strict=True)
    ]
    widths = _fit([need or 1 for need in needed], needed, room)
    for number, row in enumerate(texts):
        cells = [
            [_pad(line, room, pad) for line in _wrap(text, room - sum(pad))]
            for text, room, pad in zip(row, widths, pads, strict=True)
        ]
        yield from _join(cells, widths, is_title=number == 0)
        if number == 0:
            yield "+".join("=" * room for room in widths) + "\n"
    yield " " * (sum(widths) + last) + "\n"


def layout_columns(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows as `tabulate_rows` in the style of the library for columns without lines."""
    # Importing the library costs a line a tenth; columns of plain words need none of it.
    text = _layout_words(titles, rows)
    return tabulate_rows(titles, rows, "plain") if text is None else text


def tabulate_rows(titles: Sequence[str], rows: Sequence[Sequence[object]], style: str) -> str:
    """Return rows as the classic command prints them by its other library, which this program has too."""
    import tabulate

    tabulate.MIN_PADDING = 2  # the library's own; other tables of this program have none
    return tabulate.tabulate(rows, headers=titles, tablefmt=style)


def _layout_words(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> str | None:
    """Return rows as the library lays them out; None where it looks closer: at numbers, lines and wide
    letters."""
    cells = [["" if value is None else str(value).strip() for value in row] for row in rows]
    if not titles or not all(
        text.isascii() and text.isprintable() for row in (titles, *cells) for text in row
    ):
        return None
    columns = list(zip(*cells, strict=True))
    if any(map(_is_numeric, columns)):
        return None
    widths = [max(len(title) + 2, *map(len, column)) for title, column in zip(titles, columns, strict=True)]
    lines = (map(str.ljust, row, widths) for row in (titles, *cells))
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _is_numeric(column: Sequence[str]) -> bool:
    """Return whether the library may take a column for one of numbers: truths among them count as such."""
    words = {text for text in column if text} - {"True", "False"}
    return bool(words) and all(map(_is_number, words))


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def _join(cells: list[list[str]], widths: Sequence[int], *, is_title: bool) -> Iterator[str]:
    """Yield the lines of a row: titles stand at its bottom, values at its top."""
    height = max(map(len, cells))
    for cell, room in zip(cells, widths, strict=True):
        blank = [" " * room] * (height - len(cell))
        cell[:] = blank + cell if is_title else cell + blank
    yield from ("|".join(line) + "\n" for line in zip(*cells, strict=True))


def _pad(line: str, room: int, pad: tuple[int, int]) -> str:
    left, right = pad
    return " " * left + line + " " * (room - left - right - count_cells(line)) + " " * right


# Widths.


def _measure(text: str) -> int:
    return max(map(count_cells, text.splitlines()), default=0)


def _fit(widths: list[int], needed: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns that fit the room together: the widest are made as narrow as the next."""
    excess = sum(widths) - room
    if excess <= 0:
        return widths
    while excess > 0 and any(widths):
        widest = max(widths)
        step = widest - max((width for width in widths if width != widest), default=0)
        if not step:
            break
        ratios = [1 if width == widest else 0 for width in widths]
        widths = _reduce(excess, ratios, [min(excess, step)] * len(widths), widths)
        excess = sum(widths) - room
    if excess > 0:
        widths = _reduce(excess, [1] * len(widths), widths, widths)
    return [min(need, max(width, 0)) for need, width in zip(needed, widths, strict=True)]


def _reduce(total: int, ratios: Sequence[int], most: Sequence[int], values: Sequence[int]) -> list[int]:
    """Return the values less a total, which is shared by the ratios; of each at most so much is taken."""
    shares = [ratio if limit else 0 for ratio, limit in zip(ratios, most, strict=True)]
    left = sum(shares)
    result = []
    for ratio, limit, value in zip(shares, most, values, strict=True):
        taken = min(limit, round(ratio * total / left)) if ratio and left > 0 else 0
        result.append(value - taken)
        total, left = total - taken, left - ratio
    return result


def count_cells(text: str) -> int:
    """Return how many cells a text takes, as the library counts them: none for control characters."""
    if text.isascii() and text.isprintable():
        return len(text)
    from wcwidth import wcwidth

    return sum(max(wcwidth(letter), 0) for letter in text)


# Lines.


def _wrap(text: str, room: int) -> list[str]:
    lines: list[str] = []
    for line in text.split("\n"):
        line = line.expandtabs(_TAB)
        if count_cells(line) <= room:
            lines.append(line)
            continue
        breaks = [0, *_find_breaks(line, room), len(line)]
        parts = (line[start:end] for start, end in pairwise(breaks))
        lines += [_cut(_strip_end(part, room), room) for part in parts]
    return lines


def _find_breaks(text: str, room: int) -> Iterator[int]:
    """Yield where a line is broken: before a word that does not fit, and within one that fits no line."""
    used = 0
    for match in _patterns()[0].finditer(text):
        start, word = match.start(), match[0]
        length = count_cells(word.rstrip())
        if length <= room - used:
            used += count_cells(word)
        elif length > room:
            pieces = list(_chop(word, max(room, 1)))
            for piece in pieces:
                if start:
                    yield start
                start += len(piece)
            used = count_cells(pieces[-1])
        elif used and start:
            yield start
            used = count_cells(word)


def _chop(word: str, room: int) -> Iterator[str]:
    piece, used = "", 0
    for letter in word:
        cells = count_cells(letter)
        if piece and used + cells > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + letter, used + cells
    yield piece


def _strip_end(line: str, room: int) -> str:
    """Return a line without the blanks at its end that do not fit."""
    excess = len(line) - room
    blanks = len(line) - len(line.rstrip())
    return line[: len(line) - min(blanks, excess)] if excess > 0 and blanks else line


def _cut(line: str, room: int) -> str:
    while line and count_cells(line) > room:
        line = line[:-1]
    return line


# Markup.


def strip_markup(text: str) -> str:
    """Return a text without what the library takes for its markup, `[red]` and `[/]`; the text as it is
    where the classic command fails, at an end without a beginning."""
    if "[" not in text:
        return text
    parts: list[str] = []
    position, opened = 0, 0
    for match in _patterns()[1].finditer(text):
        escapes, tag = match.groups()
        opened += -1 if tag[:1] == "/" else 1
        if opened < 0 and not len(escapes) % 2:
            return text
        shown = f"[{tag}]" if len(escapes) % 2 else ""
        opened -= bool(shown)
        parts += [text[position : match.start()], "\\" * (len(escapes) // 2), shown]
        position = match.end()
    return "".join((*parts, text[position:]))


@cache
def _patterns() -> tuple[Pattern[str], Pattern[str]]:
    from re import compile

    return compile(r"\s*\S+\s*"), compile(_TAG)
