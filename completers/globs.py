"""Patterns for names, as shells have them for files: `*` any letters, `?` one, `[abc]` one of some."""

from __future__ import annotations

import re
from collections.abc import Callable

_LETTER = r"[^\n]"


def is_glob(word: str) -> bool:
    return any(letter in word for letter in "*?[")


def literal_part(glob: str) -> str:
    """Return the longest part of a pattern that stands for itself: every name that fits contains it."""
    return max(re.split(r"[*?]|\[.*", glob, flags=re.DOTALL), key=len)


def compile_glob(glob: str) -> Callable[[str], object]:
    """Return what says of a name whether it fits."""
    return re.compile(_body(glob)).fullmatch


def compile_in_lines(glob: str) -> re.Pattern[str]:
    """Return a pattern that finds the line ends before the names that fit, in a text with a name a line."""
    return re.compile(f"\n{_body(glob)}(?=\n)")


def _body(glob: str) -> str:
    result, position = "", 0
    while position < len(glob):
        letter, position = glob[position], position + 1
        end = glob.find("]", position + 1) if letter == "[" else -1
        if letter == "*":
            result += f"{_LETTER}*"
        elif letter == "?":
            result += _LETTER
        elif end > 0:
            chosen = re.escape(glob[position:end]).replace(r"\-", "-")
            result += f"[^{chosen[1:]}]" if chosen.startswith("!") else f"[{chosen}]"
            position = end + 1
        else:
            result += re.escape(letter)
    return result
