"""Colours for JSON on a terminal, as gh and jq have them."""

from __future__ import annotations

from functools import cache

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from re import Match, Pattern

_KEY, _STRING, _OTHER, _END = "\x1b[34;1m", "\x1b[32m", "\x1b[33m", "\x1b[0m"


def colour_json(text: str) -> str:
    """Return JSON with its keys, strings and other values in colours; the letters stay as they are."""
    return _pattern().sub(_colour, text)


@cache
def _pattern() -> Pattern[str]:
    from re import compile

    return compile(r'("(?:[^"\\\n]|\\.)*")(?=(\s*:)?)|-?\b\d[\d.eE+-]*|\b(?:true|false|null)\b')


def _colour(match: Match[str]) -> str:
    start = _OTHER if match[1] is None else _KEY if match[2] else _STRING
    return f"{start}{match[0]}{_END}"
