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
    offset = start
    while offset < end:
        letter = source[offset]
        # Between single quotes of YAML a backslash is a letter.
        if doubled:
            yield letter, offset
            offset += 2 if letter == doubled and source[offset + 1 : offset + 2] == doubled else 1
            continue
        if letter != "\\" or offset + 1 >= end:
            if letter != "\r":
                yield letter, offset
            offset += 1
            continue
        after = source[offset + 1]
        # A letter by its number: no name or option that is looked for has one.
        if after in _LONG:
            yield "?", offset
            offset += 2 + _LONG[after]
        elif after == "\n":
            offset += 2
        elif after in _ESCAPES:
            yield _ESCAPES[after], offset
            offset += 2
        else:
            if after not in "\"'\\/$ ":
                yield letter, offset  # not an escape in Python
            yield after, offset + 1
            offset += 2


def python_text(source: str, start: int, end: int) -> Fragment | None:
    """Return one or several string literals of Python that stand beside each other; None where it is no
    literal, as one of bytes."""
    letters: list[tuple[str, int]] = []
    offset = start
    while offset < end:
        letter = source[offset]
        # Literals side by side are one text, also over the lines between parentheses.
        if letter in " \t\r\n()\\":
            offset += 1
        elif letter == "#":
            offset = _line_end(source, offset)
        else:
            literal = _literal(source, offset, end)
            if literal is None:
                return None
            part, offset = literal
            letters += part
    return join(letters, end)


def _line_end(source: str, offset: int) -> int:
    end = source.find("\n", offset)
    return len(source) if end < 0 else end


def _literal(source: str, start: int, end: int) -> tuple[list[tuple[str, int]], int] | None:
    """Return the letters of one literal, and where it ends."""
    offset = start
    while offset < end and source[offset] in "rRbBfFuUtT":
        offset += 1
    prefix = source[start:offset].lower()
    quote = (
        source[offset : offset + 3]
        if source[offset : offset + 3] in ('"""', "'''")
        else source[offset : offset + 1]
    )
    if quote[:1] not in ('"', "'") or "b" in prefix:
        return None
    first = offset + len(quote)
    last = _closing(source, first, quote, end)
    if last is None:
        return None
    if "r" in prefix:
        letters = [(letter, position) for position, letter in enumerate(source[first:last], first)]
    else:
        letters = list(_letters(source, first, last, ""))
    return (_mask_fields(letters) if "f" in prefix else letters), last + len(quote)


def _closing(source: str, offset: int, quote: str, end: int) -> int | None:
    while offset < end:
        if source[offset] == "\\":
            offset += 2
        elif source.startswith(quote, offset):
            return offset
        else:
            offset += 1
    return None


def _mask_fields(letters: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the letters of an f-string, with a mark in place of each `{field}`, and one brace for two."""
    masked: list[tuple[str, int]] = []
    depth = number = 0
    while number < len(letters):
        letter, offset = letters[number]
        after = letters[number + 1][0] if number + 1 < len(letters) else ""
        if not depth and letter in "{}" and after == letter:
            masked.append((letter, offset))
            number += 1
        elif letter == "{":
            depth += 1
            masked.append((MASK, offset))
        elif depth:
            depth -= letter == "}"
            masked.append((MASK, offset))
        else:
            masked.append((letter, offset))
        number += 1
    return masked
