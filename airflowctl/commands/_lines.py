"""Lines that somebody may want to run next: whole, and quoted as the shells want it."""

from __future__ import annotations


def line(*words: object, index: int = -1) -> str:
    """The words after `airflowctl`; `index` is that of an instance of a mapped task."""
    from completers.quote import quoted

    more = ("--map-index", index) if index >= 0 else ()
    return " ".join(("airflowctl", *(quoted(str(word)) for word in (*words, *more))))
