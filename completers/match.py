"""Which names fit what is typed: those that begin with it, contain it, or have its letters in order.

All names are one text with a line each, so that looking through 100,000 of them is a few milliseconds in C.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

MOST_FUZZY = 10_000  # looking for scattered letters among more names takes longer than a frame


class Folded(NamedTuple):
    """Names ready for matching: each case-folded on a line of `text`, and where in it its line begins."""

    text: str = "\n"
    starts: Sequence[int] = ()

    def place(self, position: int) -> int:
        """Which name stands at this position of the text."""
        return bisect_right(self.starts, position) - 1


def folded(texts: Iterable[str]) -> Folded:
    """Prepare names for matching, in their order."""
    lines = [_line(text) for text in texts]
    starts = tuple(accumulate((len(line) + 1 for line in lines[:-1]), initial=1)) if lines else ()
    return Folded("\n".join(("", *lines, "")), starts)


def matches(word: str, names: Folded, most: int) -> list[int]:
    """The places of at most `most` fitting names, best first; among equals the given order stays.

    Without a word every name fits.
    """
    return [place for _, place in best(word, [names], most)]


def best(word: str, groups: Sequence[Folded], most: int) -> list[tuple[int, int]]:
    """As `matches`, among several groups: of the names that fit equally well, those of the first group come
    first. Each is told by its group and its place in it; one that is in two groups is told twice."""
    wanted = _line(word)
    if not wanted:
        return list(islice(((it, at) for it, names in enumerate(groups) for at in _all(names)), most))
    found: list[tuple[int, int]] = []
    for look in (_beginning, _inside):
        for group, names in enumerate(groups):
            found += ((group, place) for place in islice(look(wanted, names), most - len(found)))
    if not found and sum(len(names.starts) for names in groups) <= MOST_FUZZY:
        for group, names in enumerate(groups):
            found += ((group, place) for place in islice(_scattered(wanted, names), most - len(found)))
    return found


def _all(names: Folded) -> range:
    return range(len(names.starts))


def _line(text: str) -> str:
    """Case-folded, and without what would end a line: a name that has it is never offered anyway."""
    return text.casefold().replace("\n", "\0")


def _beginning(wanted: str, names: Folded) -> Iterator[int]:
    at = names.text.find(f"\n{wanted}")
    while at >= 0:
        yield names.place(at + 1)
        at = names.text.find(f"\n{wanted}", at + 1)


def _inside(wanted: str, names: Folded) -> Iterator[int]:
    text = names.text
    at = text.find(wanted, 1)
    while at >= 0:
        place = names.place(at)
        if names.starts[place] != at:  # else it begins so, which was told before
            yield place
        at = text.find(wanted, text.find("\n", at))


def _scattered(wanted: str, names: Folded) -> Iterator[int]:
    """Each letter up to the next one's first place: that never has to go back within a line."""
    parts = (f"[^\\n{re.escape(letter)}]*{re.escape(letter)}" for letter in wanted)
    for match in re.finditer("\n" + "".join(parts), names.text):
        yield names.place(match.start() + 1)
