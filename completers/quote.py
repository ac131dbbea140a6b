"""Words of a line and back: quotes, backslashes and comments as in a shell, nothing expanded. A JSON object
needs no quotes: it is a word, as it is, until its last brace closes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SPACE = " \t\r\n"
_OBJECT = re.compile(r'\{\s*"')  # what cannot be meant otherwise: without its quotes it would be no JSON
_IN_OBJECT = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|[{}]', re.DOTALL)  # a string, or a brace
_CLOSES = {"{": "}"}  # any quote closes itself
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,~^")


class OpenQuoteError(ValueError):
    """The line ends inside a quote or an object, which begins at `opened`, or after a backslash, which stands
    there."""

    def __init__(self, message: str, opened: int) -> None:
        super().__init__(message)
        self.opened = opened


class Word(NamedTuple):
    """A word of a line: its text without quotes, where it stands, and what is open at its end: a quote, a
    backslash, or `{` for an object."""

    text: str
    start: int
    end: int
    quote: str = ""


class Split(NamedTuple):
    """All words; `comment` is where a comment starts (or the line's length), `open` what is unclosed, and
    `opened` where that is."""

    words: list[Word]
    comment: int
    open: str
    opened: int = -1


def split(line: str) -> Split:
    """Split a line, finished or not. In single quotes nothing is special; in double quotes a backslash
    keeps only `"` and itself from meaning something, so that JSON can be written as it is."""
    found: list[Word] = []
    text: list[str] = []
    start, quote, opened, position = -1, "", -1, 0
    while position < len(line):
        letter = line[position]
        if quote:
            if letter == quote:
                quote = ""
            elif quote == '"' and letter == "\\" and line[position + 1 : position + 2] in ('"', "\\"):
                position += 1
                text.append(line[position])
            else:
                text.append(letter)
        elif letter in _SPACE:
            if start >= 0:
                found.append(Word("".join(text), start, position))
                text, start = [], -1
        elif letter == "#" and start < 0:
            return Split(found, position, "")
        else:
            begins = start < 0 or line[position - 1] == "="  # as in --conf={
            start = position if start < 0 else start
            if begins and letter == "{" and _OBJECT.match(line, position):
                end = _object_end(line, position)
                quote, opened = ("{", position) if end < 0 else ("", opened)
                end = len(line) if end < 0 else end
                text.append(line[position:end])
                position = end - 1
            elif letter in "'\"":
                quote, opened = letter, position
            elif letter == "\\":
                position += 1
                if position == len(line):
                    found.append(Word("".join(text), start, position, "\\"))
                    return Split(found, position, "\\", position - 1)
                text.append(line[position])
            else:
                text.append(letter)
        position += 1
    if start >= 0:
        found.append(Word("".join(text), start, len(line), quote))
    return Split(found, len(line), quote, opened if quote else -1)


def _object_end(line: str, start: int) -> int:
    """Where the object that begins there has ended; -1 where it goes on."""
    depth = 0
    for found in _IN_OBJECT.finditer(line, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return -1


def lines(text: str) -> Iterator[str]:
    """The lines of a text; a line end within quotes ends none."""
    kept: list[str] = []
    quote = ""
    for part in text.split("\n"):
        kept.append(part)
        if _CLOSES.get(quote, quote) in part:  # else it is within the quote still
            quote = split("\n".join(kept)).open.strip("\\")
        if not quote:
            yield "\n".join(kept)
            kept = []
    if kept:
        yield "\n".join(kept)


def words(line: str) -> list[str]:
    """The words of a finished line; raises OpenQuoteError."""
    parts = split(line)
    if parts.open == "\\":
        raise OpenQuoteError("nothing stands after the last backslash", parts.opened)
    if parts.open == "{":
        raise OpenQuoteError("the brace { is not closed", parts.opened)
    if parts.open:
        raise OpenQuoteError(f"the quote {parts.open} is not closed", parts.opened)
    return [word.text for word in parts.words]


def quoted(text: str, quote: str = "") -> str:
    """The text as one word of a line; in the quote that is already open, if one is."""
    if quote == "{":
        return text
    if not quote and text and all(letter in _PLAIN or letter.isalnum() for letter in text):
        return text
    if quote != '"' and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def begun(text: str, quote: str = "") -> str:
    """As `quoted`, for a word that goes on: always in a quote, which is left open."""
    if quote == "{":
        return text
    return quoted(text, quote or "'")[:-1]
