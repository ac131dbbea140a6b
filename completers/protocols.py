"""The two protocols of completion: what may stand at the cursor, and which names are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

READY, LOADING, FAILED = "ready", "loading", "failed"


class Choice(NamedTuple):
    """Something that may stand at the cursor, with a few words about it."""

    text: str
    note: str = ""


class Slot(NamedTuple):
    """What the line wants at the cursor.

    `word` is what is typed of it, without quotes; it begins at `start` in the text, and `quote` is the
    quote that is still open. `choices` are known from the grammar; `kind` is a kind of name that a Source
    knows, in the context that `scope` gives: what the line already fixes, by kind, like {"dag": "etl"}.
    """

    word: str
    start: int
    quote: str = ""
    choices: tuple[Choice, ...] = ()
    kind: str = ""
    scope: Mapping[str, str] = {}


class Known(NamedTuple):
    """The names known now. `folded` are their texts ready for matching; `state` tells whether more come."""

    names: tuple[Choice, ...] = ()
    folded: tuple[str, ...] = ()
    state: str = READY


class Grammar(Protocol):
    def slot_at(self, text_before_cursor: str) -> Slot: ...


class Source(Protocol):
    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        """What is known now. Returns at once, always; what is missing is fetched behind the scenes."""
        ...


def known(names: Iterable[Choice], state: str = READY) -> Known:
    """Names prepared for matching (do this where nobody waits: it walks all of them)."""
    kept = tuple(names)
    return Known(kept, tuple(name.text.casefold() for name in kept), state)
