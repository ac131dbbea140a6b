"""Fuzzy search: a name is found by some of its letters."""

from __future__ import annotations


def has_letters(name: str, letters: str) -> bool:
    """Return whether a name has these letters in this order, in any case."""
    rest = iter(name.casefold())
    return all(letter in rest for letter in letters.casefold())
