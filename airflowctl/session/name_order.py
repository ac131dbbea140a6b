"""Names put together: each once, and new ones where their kind has them; a join takes the known and the
new."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from completers.protocols import Choice

Join = Callable[[Iterable[Choice], Iterable[Choice]], Iterable[Choice]]


def prepend(known: Iterable[Choice], fresh: Iterable[Choice]) -> Iterable[Choice]:
    return chain(fresh, known)


def append(known: Iterable[Choice], fresh: Iterable[Choice]) -> Iterable[Choice]:
    return chain(known, fresh)


def merge_sorted(known: Iterable[Choice], fresh: Iterable[Choice]) -> Iterable[Choice]:
    """Return the names known in their order, each new one before the first that is greater."""
    from heapq import merge

    return merge(known, fresh, key=_text)


def _text(choice: Choice) -> str:
    return choice.text


def by_text(result: Iterable[Choice]) -> dict[str, Choice]:
    """Return each name once, by its text."""
    choices: dict[str, Choice] = {}
    for choice in result:
        choices[choice.text] = _merge(choices.get(choice.text), choice)
    return choices


def _merge(known: Choice | None, new: Choice) -> Choice:
    """Return one name that came twice, like the instances of a mapped task, with what is said of either."""
    if known is None or not known.note or known.note == new.note:
        return new
    notes = known.note.split(", ")
    return known if new.note in notes else known._replace(note=", ".join((*notes, new.note)))
