"""The colours that a task writes into its log: those stay with which its words can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from airflowctl.core.typed import NamedTuple
from airflowctl.output.colour import END

SEQUENCE = r"(\x1b\[[0-9;:]*m)"
_Colour = tuple[int, ...]  # the numbers that choose it, as (31,) or (38, 5, 208); none for the terminal's own

_ON = (1, 2, 3, 4, 7, 9)  # bold, faint, italic, underlined, inverse, struck out
_OFF = {22: (1, 2), 23: (3,), 24: (4,), 27: (7,), 29: (9,)}
_VALUES = {5: 1, 2: 3}  # how many numbers follow 38;5 (one of 256) and 38;2 (red, green, blue)
_UNDERLINE = 58  # begins the colour of a line below the letters
_DIGITS, _UNKNOWN = 4, 9999
# The sixteen of xterm, as most terminals have them.
_SIXTEEN = (
    0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
)  # fmt: skip
_READABLE = (1, 2, 3, 4, 5, 6, 8, 9, 12, 13)  # of the sixteen, on black and on white
_DARKER = {10: 32, 11: 33, 14: 36}  # too bright for white
_LEAST = 2.0  # contrast of two colours that differ for the eye: 1 is none, 21 is black on white


class _Pen(NamedTuple):
    """How letters are written: what is switched on, their colour and the one behind them."""

    on: tuple[int, ...] = ()
    front: _Colour = ()
    back: _Colour = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        back = (self.back[0] + 10, *self.back[1:]) if self.back else ()
        return (*self.on, *self.front, *back)


def keep_readable(line: str, plain: Callable[[str], str]) -> str:
    """Return one line with its colours, as far as what they are on can be read; switched off at its end.
    `plain` is what makes the letters between them safe."""
    return "".join(_parts(line, plain))


def _parts(line: str, plain: Callable[[str], str]) -> Iterator[str]:
    from re import split

    text_pen = shown = _Pen()
    for index, part in enumerate(split(SEQUENCE, line)):
        if index % 2 == 0:
            yield plain(part)
            continue
        was_exact = text_pen == shown
        text_pen, is_known = _turn(text_pen, part[2:-1])
        wanted = _legible_pen(text_pen)
        if wanted != shown:
            is_exact = was_exact and is_known and wanted == text_pen
            yield part if is_exact else f"\x1b[{';'.join(map(str, (0, *wanted.numbers)))}m"
        shown = wanted
    if shown.numbers:
        yield END


def _turn(pen: _Pen, code: str) -> tuple[_Pen, bool]:
    """Return the pen after a code, and whether all of that was known. What is not known is passed over:
    letters that blink or are hidden, other fonts, and whatever terminals do not agree on."""
    is_known = True
    if ":" in code:
        return pen, False
    numbers = iter([int(number or 0) if len(number) <= _DIGITS else _UNKNOWN for number in code.split(";")])
    for number in numbers:
        is_back = number // 10 in (4, 10)
        base = number - 10 if is_back else number
        if number == 0:
            pen = _Pen()
        elif number in _ON:
            pen = pen._replace(on=tuple(sorted({*pen.on, number})))
        elif number in _OFF:
            pen = pen._replace(on=tuple(style for style in pen.on if style not in _OFF[number]))
        elif base == 38 or number == _UNDERLINE:
            colour = _read_colour(numbers)
            if colour is None:
                return pen, False
            pen, is_known = (
                (pen, False) if number == _UNDERLINE else (_set_colour(pen, colour, is_back), is_known)
            )
        elif base in (*range(30, 38), 39, *range(90, 98)):
            pen = _set_colour(pen, () if base == 39 else (base,), is_back)
        else:
            is_known = False
    return pen, is_known


def _set_colour(pen: _Pen, colour: _Colour, is_back: bool) -> _Pen:
    return pen._replace(back=colour) if is_back else pen._replace(front=colour)


def _read_colour(numbers: Iterator[int]) -> _Colour | None:
    """Return the colour whose numbers follow; None where they are not whole."""
    way = next(numbers, 0)
    values = [next(numbers, -1) for _ in range(_VALUES.get(way, 0))]
    return (38, way, *values) if values and all(0 <= value < 256 for value in values) else None


def _legible_pen(pen: _Pen) -> _Pen:
    """Return the same without a colour that hides the letters: the terminal's own two are not known, so
    that one colour alone has to be keep_readable on black and on white."""
    if pen.back and pen.front and _contrast(_luminance(pen.front), _luminance(pen.back)) >= _LEAST:
        return pen
    return pen._replace(front=_legible_colour(pen.front), back=())


def _legible_colour(colour: _Colour) -> _Colour:
    index = _palette_index(colour)
    if index is not None:
        return colour if index in _READABLE else (_DARKER[index],) if index in _DARKER else ()
    light = _luminance(colour) if colour else 0.0
    return colour if min(_contrast(light, 0.0), _contrast(light, 1.0)) >= _LEAST else ()


def _palette_index(colour: _Colour) -> int | None:
    """Return which of the sixteen it is; None for another one."""
    if len(colour) == 1:
        return colour[0] - 30 if colour[0] < 90 else colour[0] - 90 + 8
    return colour[2] if len(colour) == 3 and colour[2] < 16 else None


def _luminance(colour: _Colour) -> float:
    """Return its relative luminance, from 0 to 1 (WCAG 2)."""
    index = _palette_index(colour)
    if index is not None:
        rgb = tuple(_SIXTEEN[index].to_bytes(3, "big"))
    elif len(colour) == 5:
        rgb = colour[2:]
    elif colour[2] >= 232:
        rgb = (8 + 10 * (colour[2] - 232),) * 3
    else:
        steps = (0, 95, 135, 175, 215, 255)
        cube = colour[2] - 16
        rgb = (steps[cube // 36], steps[cube // 6 % 6], steps[cube % 6])
    red, green, blue = (_linear(value / 255) for value in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _contrast(light: float, other: float) -> float:
    return (max(light, other) + 0.05) / (min(light, other) + 0.05)
