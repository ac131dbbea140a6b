"""The colours of JSON on a terminal: names of members, and values by their type."""

from __future__ import annotations

from functools import cache

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.colour import BOLD, CYAN, END, GREEN, GREY, MAGENTA

if TYPE_CHECKING:
    from re import Match, Pattern

_MOST = 1 << 20  # letters: each word takes its time, and a longer text is not read whole
_WORDS = {"true": MAGENTA, "false": MAGENTA, "null": GREY}


def colour_json(text: str) -> str:
    """Return JSON, or a part of it that ends between two values, with colours. It is made safe already; a
    text of more than a million letters stays as it is."""
    return _pattern().sub(_colour, text) if len(text) <= _MOST else text


@cache
def _pattern() -> Pattern[str]:
    from re import compile

    string = r'"(?:[^"\\\n]++|\\.)*"'
    return compile(rf"(?P<name>{string}(?=:))|(?P<text>{string})|true|false|null|(?P<number>-?\d[\d.eE+-]*+)")


def _colour(match: Match[str]) -> str:
    code = {"name": BOLD, "text": GREEN, "number": CYAN}.get(match.lastgroup or "") or _WORDS[match[0]]
    return f"{code}{match[0]}{END}"
