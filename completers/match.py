"""Which names fit what is typed: those that begin with it, contain it, or have its letters in order.

All names are one text with a line each, so that looking through 100,000 of them is a few milliseconds in C;
and what is typed after that looks only at those that were found, if they were all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

# A keystroke may take one frame, 16 ms for 99 of 100 keys (decision 0036).
MOST_FUZZY = 10_000  # looking for scattered letters among more names takes longer than a frame


class _Look(NamedTuple):
    """What was found the last time; `is_all`: there is no more."""

    part: str
    positions: list[int]
    is_all: bool


class Folded:
    """Names ready for matching: each case-folded on a line of `text`, and where in it its line begins.

    They never change; what is kept of the last look is for one thread, the one that draws.
    """

    # One text with a line for each name: it is searched in C, however many names there are (decision 0036).
    __slots__ = ("_last", "starts", "text")

    def __init__(self, text: str = "\n", starts: Sequence[int] = ()) -> None:
        self.text = text
        self.starts = starts
        self._last: dict[bool, _Look] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folded) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __len__(self) -> int:
        return len(self.starts)

    def starting_with(self, wanted: str, most: int) -> list[int]:
        """Return the places of those that begin with it, in order."""
        return self._look(f"\n{wanted}", most)

    def containing(self, wanted: str, most: int) -> list[int]:
        """Return the places of those that contain it."""
        return self._look(wanted, most)

    def with_letters_in_order(self, wanted: str) -> Iterator[int]:
        """Yield each letter up to the next one's first place: that never has to go back within a line."""
        parts = (f"[^\\n{re.escape(letter)}]*{re.escape(letter)}" for letter in wanted)
        for match in re.finditer("\n" + "".join(parts), self.text):
            yield self._index_at(match.start() + 1)

    def fitting(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """Yield the places of those before which a pattern finds the line end."""
        for match in pattern.finditer(self.text):
            yield self._index_at(match.start() + 1)

    def _look(self, part: str, most: int) -> list[int]:
        """Return where a part of the text is; a part that begins with a line end is the beginning of a
        name."""
        last = self._last.get(part[0] == "\n")
        if last is not None and last.part == part and (last.is_all or len(last.positions) >= most):
            return last.positions[:most]
        # Typing on searches only what was found before, if that was all (decision 0036).
        narrower = last is not None and last.is_all and last.part in part
        positions = self._among(last.positions, part) if last is not None and narrower else self._all(part)
        indexes = list(islice(positions, most))
        self._last[part[0] == "\n"] = _Look(part, indexes, len(indexes) < most)
        return indexes

    def _all(self, part: str) -> Iterator[int]:
        start = self.text.find(part)
        while start >= 0:
            yield self._index_at(start + (part[0] == "\n"))
            start = self.text.find(part, self.text.find("\n", start + 1))

    def _among(self, positions: Iterable[int], part: str) -> Iterator[int]:
        for position in positions:
            start = self.starts[position]
            if self.text.find(part, start - 1, self.text.find("\n", start)) >= 0:
                yield position

    def _index_at(self, position: int) -> int:
        """Return which name stands at this position of the text."""
        return bisect_right(self.starts, position) - 1


def fold_names(texts: Iterable[str]) -> Folded:
    """Prepare names for matching, in their order."""
    lines, starts, start = [""], [], 1
    for text in texts:
        line = _line(text)
        lines.append(line)
        starts.append(start)
        start += len(line) + 1
    return Folded("\n".join((*lines, "")), starts)


def find_matches(word: str, names: Folded, most: int) -> list[int]:
    """Return the places of at most `most` fitting names, best first; among equals the given order stays.

    Without a word every name fits.
    """
    return [index for _, index in find_best(word, [names], most)]


def find_best(word: str, groups: Sequence[Folded], most: int) -> list[tuple[int, int]]:
    """Like `find_matches`, among several groups: of the names that fit equally well, those of the first
    group come first. Each is named by its group and its index in it; one that is in two groups comes
    twice."""
    wanted = _line(word)
    if not wanted:
        every = ((group, index) for group, names in enumerate(groups) for index in range(len(names)))
        return list(islice(every, most))
    pairs: list[tuple[int, int]] = []
    for group, names in enumerate(groups):
        pairs += ((group, index) for index in names.starting_with(wanted, most))
    if len(pairs) < most:
        begin = set(pairs)
        for group, names in enumerate(groups):
            inside = ((group, index) for index in names.containing(wanted, most + len(begin)))
            pairs += (index for index in inside if index not in begin)
    if not pairs and sum(map(len, groups)) <= MOST_FUZZY:
        for group, names in enumerate(groups):
            pairs += ((group, index) for index in islice(names.with_letters_in_order(wanted), most))
    return pairs[:most]


def _line(text: str) -> str:
    """Case-folded, and without what would end a line: a name that has it is never offered anyway."""
    return text.casefold().replace("\n", "\0")
