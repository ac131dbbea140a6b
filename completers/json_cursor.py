"""Where the end of a text lies within JSON that is being typed, and what of it is whole already."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

Path = tuple[str | int, ...]


class Cursor(NamedTuple):
    """`path` leads to the value at the end of the text: member names and indexes. `is_key`: a member's name
    is being typed, `key` as far as it has come. `is_whole`: the text is complete JSON."""

    path: Path = ()
    is_key: bool = False
    key: str = ""
    is_whole: bool = False


class _Level:
    """An object or a list that is open: `key` is the member, `index` the element that is being typed."""

    def __init__(self, is_object: bool) -> None:
        self.is_object = is_object
        self.key: str | None = None
        self.index = 0


def find_cursor(text: str) -> Cursor | None:
    """Return where the end of the text lies; None where the text does not begin with an object."""
    if not text.lstrip().startswith("{"):
        return None
    levels: list[_Level] = []
    begun, offset = "", 0
    while offset < len(text):
        letter = text[offset]
        if letter == '"':
            end = _end_of_string(text, offset)
            # The string is still being typed: all behind its quote belongs to it.
            if end < 0:
                begun = text[offset + 1 :]
                break
            if levels and levels[-1].is_object and levels[-1].key is None:
                begun = _unquote(text[offset:end])
            offset = end
            continue
        begun = _step(levels, letter, begun)
        offset += 1
        if not levels:
            return Cursor(is_whole=not text[offset:].strip())
    path: Path = tuple(level.key or "" if level.is_object else level.index for level in levels)
    top = levels[-1]
    if top.is_object and top.key is None:
        return Cursor(path[:-1], True, begun)
    return Cursor(path)


def _step(levels: list[_Level], letter: str, begun: str) -> str:
    """Take a letter outside of strings; return what is typed of a member's name."""
    if letter in "{[":
        levels.append(_Level(letter == "{"))
        return ""
    if letter in "}]" and levels:
        levels.pop()
    elif letter == ":" and levels and levels[-1].is_object and levels[-1].key is None:
        levels[-1].key = begun
        return ""
    elif letter == "," and levels:
        levels[-1].key, levels[-1].index = None, levels[-1].index + 1
        return ""
    return begun


def _end_of_string(text: str, start: int) -> int:
    """Return the place after a string's closing quote; -1 where it is still open."""
    offset = start + 1
    while offset < len(text):
        # The letter behind it ends nothing, whatever it is.
        if text[offset] == "\\":
            offset += 1
        elif text[offset] == '"':
            return offset + 1
        offset += 1
    return -1


def _unquote(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        # An escape that JSON does not have: the name as it was typed.
        return text.strip('"')


def read_whole_part(text: str) -> Any:
    """Return the value that the text has so far, without the member or element that is still being typed;
    None where nothing of it can be read."""
    # The longest part that can be read holds the most of what was typed.
    for end in _ends(text):
        closers = _closers(text[:end])
        if closers is None:
            continue
        try:
            return json.loads(text[:end] + closers)
        except ValueError:
            continue
    return None


def _ends(text: str) -> list[int]:
    """Return where the text may be cut, the whole of it first: before a comma, after an opening bracket."""
    cuts, offset = [len(text)], 0
    while offset < len(text):
        if text[offset] == '"':
            end = _end_of_string(text, offset)
            offset = len(text) if end < 0 else end
            continue
        if text[offset] == ",":
            cuts.append(offset)
        elif text[offset] in "{[":
            cuts.append(offset + 1)
        offset += 1
    return [cuts[0], *sorted(cuts[1:], reverse=True)]


def _closers(text: str) -> str | None:
    """Return the brackets that are still open, as they are closed; None within a string."""
    stack, offset = [], 0
    while offset < len(text):
        if text[offset] == '"':
            offset = _end_of_string(text, offset)
            if offset < 0:
                return None
            continue
        if text[offset] in "{[":
            stack.append("}" if text[offset] == "{" else "]")
        elif text[offset] in "}]" and stack:
            stack.pop()
        offset += 1
    return "".join(reversed(stack))


def is_ended(text: str) -> bool:
    """Return whether the value at the end of the text is whole: a number or a word may still grow."""
    closers = _closers(text)
    if closers is None or text.rstrip()[-1:] in ("", *"{[,:") or text[-1].isalnum() or text[-1] in "+-.":
        return False
    try:
        json.loads(text + closers)
    except ValueError:
        return False
    return True
