"""Where names that are new stand among those that are known: each join takes the known and the new ones."""

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
