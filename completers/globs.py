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
        end = _end_of_set(glob, position) if letter == "[" else -1
        if letter == "*":
            result += f"{_LETTER}*"
        elif letter == "?":
            result += _LETTER
        elif end > 0:
            result += _letter_of(glob[position:end])
            position = end + 1
        else:
            result += re.escape(letter)
    return result


def _end_of_set(glob: str, start: int) -> int:
    """Return where the `]` of a set is, -1 without one; the first letter of a set may be a `]` too."""
    return glob.find("]", start + 1 + glob.startswith("!", start))


def _letter_of(letters: str) -> str:
    """Return the expression of one letter that is in a set, or with `!` before it is not."""
    is_negated = letters.startswith("!")
    rest, members = letters[is_negated:], ""
    while rest:
        first, last = rest[0], rest[2:3] if rest[1:2] == "-" else ""
        rest = rest[3:] if last else rest[1:]
        if not last or first <= last:  # `z-a` is a range without letters, as for fnmatch
            members += _literal(first) + (f"-{_literal(last)}" if last else "")
    if is_negated:
        return f"[^\\n{members}]"
    return f"[{members}]" if members else "(?!)"


def _literal(letter: str) -> str:
    # Of each: two of `-&|~[` beside each other may get a meaning of their own in a set, warns Python.
    return letter if letter.isalnum() else f"\\{letter}"
