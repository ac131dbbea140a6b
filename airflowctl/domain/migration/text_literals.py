"""Texts in quotes of other languages as fragments: what they hold, and where each letter stands."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.fragment import MASK, Fragment, join

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_LONG = {"x": 2, "u": 4, "U": 8}


def read_escaped(source: str, start: int, end: int, *, doubled: str = "") -> Fragment:
    """Return what stands between two quotes, with backslashes as JSON, Python and Groovy read them; with
    `doubled`, a quote that is written twice, as YAML reads that."""
    return join(_letters(source, start, end, doubled), end)


def _letters(source: str, start: int, end: int, doubled: str) -> Iterator[tuple[str, int]]:
    place = start
    while place < end:
        letter = source[place]
        # Between single quotes of YAML a backslash is a letter.
        if doubled:
            yield letter, place
            place += 2 if letter == doubled and source[place + 1 : place + 2] == doubled else 1
            continue
        if letter != "\\" or place + 1 >= end:
            if letter != "\r":
                yield letter, place
            place += 1
            continue
        after = source[place + 1]
        # A letter by its number: no name or option that is looked for has one.
        if after in _LONG:
            yield "?", place
            place += 2 + _LONG[after]
        elif after == "\n":
            place += 2
        elif after in _ESCAPES:
            yield _ESCAPES[after], place
            place += 2
        else:
            if after not in "\"'\\/$ ":
                yield letter, place  # not an escape in Python
            yield after, place + 1
            place += 2


def python_text(source: str, start: int, end: int) -> Fragment | None:
    """Return one or several string literals of Python that stand beside each other; None where it is no
    literal, as one of bytes."""
    letters: list[tuple[str, int]] = []
    place = start
    while place < end:
        letter = source[place]
        # Literals side by side are one text, also over the lines between parentheses.
        if letter in " \t\r\n()\\":
            place += 1
        elif letter == "#":
            place = _line_end(source, place)
        else:
            literal = _literal(source, place, end)
            if literal is None:
                return None
            part, place = literal
            letters += part
    return join(letters, end)


def _line_end(source: str, place: int) -> int:
    end = source.find("\n", place)
    return len(source) if end < 0 else end


def _literal(source: str, start: int, end: int) -> tuple[list[tuple[str, int]], int] | None:
    """Return the letters of one literal, and where it ends."""
    place = start
    while place < end and source[place] in "rRbBfFuUtT":
        place += 1
    prefix = source[start:place].lower()
    quote = (
        source[place : place + 3]
        if source[place : place + 3] in ('"""', "'''")
        else source[place : place + 1]
    )
    if quote[:1] not in ('"', "'") or "b" in prefix:
        return None
    first = place + len(quote)
    last = _closing(source, first, quote, end)
    if last is None:
        return None
    if "r" in prefix:
        letters = [(letter, at) for at, letter in enumerate(source[first:last], first)]
    else:
        letters = list(_letters(source, first, last, ""))
    return (_mask_fields(letters) if "f" in prefix else letters), last + len(quote)


def _closing(source: str, place: int, quote: str, end: int) -> int | None:
    while place < end:
        if source[place] == "\\":
            place += 2
        elif source.startswith(quote, place):
            return place
        else:
            place += 1
    return None


def _mask_fields(letters: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the letters of an f-string, with a mark in place of each `{field}`, and one brace for two."""
    done: list[tuple[str, int]] = []
    depth = number = 0
    while number < len(letters):
        letter, place = letters[number]
        after = letters[number + 1][0] if number + 1 < len(letters) else ""
        if not depth and letter in "{}" and after == letter:
            done.append((letter, place))
            number += 1
        elif letter == "{":
            depth += 1
            done.append((MASK, place))
        elif depth:
            depth -= letter == "}"
            done.append((MASK, place))
        else:
            done.append((letter, place))
        number += 1
    return done
