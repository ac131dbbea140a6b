"""The two protocols of completion: what may stand at the cursor, and which names are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

from completers.match import Folded, fold_names

READY, LOADING, FAILED = "ready", "loading", "failed"


class Choice(NamedTuple):
    """Something that may stand at the cursor, with a few words about it. `is_mark`: it stands for something
    else, and would not in quotes."""

    text: str
    note: str = ""
    is_mark: bool = False


class Slot(NamedTuple):
    """What the line wants at the cursor.

    `word` is what is typed of it, without quotes; it begins at `start` in the text, and `quote` is the
    quote that is still open. `choices` are known from the grammar; `kind` is a kind of name that a Source
    knows, in the context that `scope` gives: what the line already fixes, by kind, like {"dag": "etl"}.
    `lead` is a part of the word before what is to be completed, like the `a,` of `a,b`: it stays.
    A part of a word is over at each of the letters `ends`.
    Names that begin with one of `without` are there already.
    Where the line `takes_several` of the names, a pattern like `etl_*` stands for all that fit.
    `is_whole` tells of a word whether it may end there; else its quote is left open, to go on.
    """

    word: str
    start: int
    quote: str = ""
    choices: tuple[Choice, ...] = ()
    kind: str = ""
    scope: Mapping[str, str] = {}
    # A list, an expression and JSON hold several names in one word: only the last is completed (decision
    # 0037).
    lead: str = ""
    ends: str = ""
    without: tuple[str, ...] = ()
    takes_several: bool = False
    is_whole: Callable[[str], bool] | None = None


class Known(NamedTuple):
    """The names known now. `folded` are their texts ready for matching; `state` tells whether more come.
    `recent` are the few of them that were used last, the last one first: among equals they come first."""

    names: tuple[Choice, ...] = ()
    folded: Folded = Folded()
    state: str = READY
    recent: tuple[Choice, ...] = ()


class Grammar(Protocol):
    def slot_at(self, text_before_cursor: str) -> Slot: ...


class Source(Protocol):
    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        """Return what is known now. Returns at once, always; what is missing is fetched behind the scenes."""
        ...


def make_known(names: Iterable[Choice], state: str = READY) -> Known:
    """Return names prepared for matching (do this in the background: it walks all of them). It takes one
    name after the other, so that an iterator can let others work between two."""
    kept: list[Choice] = []

    def texts() -> Iterator[str]:
        for name in names:
            kept.append(name)
            yield name.text

    folded = fold_names(texts())
    return Known(tuple(kept), folded, state)
