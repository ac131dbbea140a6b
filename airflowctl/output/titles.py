"""Headers of a table that are cut: those that differ stay different."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflowctl.output.cells import ELLIPSIS, cut, cut_middle


def cut_titles(titles: Sequence[str], rooms: Sequence[int]) -> list[str]:
    """Return the headers, each cut to its room. Two that would look the same are cut in their middle, where
    their ends tell them apart, and else end with the number of their column."""
    shown = [cut(title, room) for title, room in zip(titles, rooms, strict=True)]
    for alike in _find_alike(titles, shown):
        others = {text for index, text in enumerate(shown) if index not in alike}
        for texts in _ways(titles, rooms, alike):
            # One column may be there twice, under one header.
            is_apart = len(set(texts)) == len({titles[index] for index in alike})
            if is_apart and not others & set(texts):
                for index, text in zip(alike, texts, strict=True):
                    shown[index] = text
                break
    return shown


def _find_alike(titles: Sequence[str], shown: Sequence[str]) -> Iterator[list[int]]:
    """Yield the places of headers that differ and are shown alike."""
    for text in dict.fromkeys(shown):
        indexes = [index for index, other in enumerate(shown) if other == text]
        if len({titles[index] for index in indexes}) > 1:
            yield [index for index in indexes if titles[index] != text]


def _ways(titles: Sequence[str], rooms: Sequence[int], indexes: Sequence[int]) -> Iterator[list[str]]:
    """Yield the ways to cut some headers, the best first; the last tells any columns apart."""
    for part in (2, 1):  # half of the room is for the end, or all of it
        yield [cut_middle(titles[index], rooms[index], (rooms[index] - 1) // part) for index in indexes]
    first = {title: titles.index(title) + 1 for title in titles}
    marks = [f"{ELLIPSIS}{first[titles[index]]}" for index in indexes]
    yield [
        cut(titles[index], rooms[index] - len(mark) + 1).removesuffix(ELLIPSIS) + mark
        for index, mark in zip(indexes, marks, strict=True)
    ]
