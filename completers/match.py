"""Which names fit what is typed: those that begin with it, contain it, or have its letters in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

MOST_FUZZY = 5_000  # looking for scattered letters among more names takes longer than a frame


def matches(word: str, folded: Sequence[str], most: int) -> list[int]:
    """The places of at most `most` fitting names, best first; among equals the given order stays.

    `folded` holds the names case-folded. Without a word every name fits.
    """
    wanted = word.casefold()
    if not wanted:
        return list(range(min(most, len(folded))))
    found = list(islice((place for place, text in enumerate(folded) if text.startswith(wanted)), most))
    if len(found) < most:
        found += islice(_inside(wanted, folded), most - len(found))
    if not found and len(folded) <= MOST_FUZZY:
        found += islice(_scattered(wanted, folded), most)
    return found


def _inside(wanted: str, folded: Sequence[str]) -> Iterator[int]:
    return (place for place, text in enumerate(folded) if wanted in text and not text.startswith(wanted))


def _scattered(wanted: str, folded: Sequence[str]) -> Iterator[int]:
    for place, text in enumerate(folded):
        rest = iter(text)
        if all(letter in rest for letter in wanted):
            yield place
