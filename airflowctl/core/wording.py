"""How things are called in a text for a person: so many of them, some of many, one instance of a task."""

from __future__ import annotations

from collections.abc import Iterable

from airflowctl.core.results import Item

MOST = 5  # names in a sentence


def format_count(number: int, noun: str) -> str:
    """`1 run`, `1,200 runs`"""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def format_list(names: Iterable[str], most: int = MOST) -> str:
    """`a, b and 4 more`, each once."""
    unique = list(dict.fromkeys(names))
    more = f" and {len(unique) - most} more" if len(unique) > most else ""
    return ", ".join(unique[:most]) + more


def index_of(instance: Item) -> int:
    """Return its map index; -1 where the task is not mapped."""
    index = instance.get("map_index")
    return index if isinstance(index, int) else -1


def format_index(task_id: object, index: int) -> str:
    """`load`, or `load[2]` for an instance of a mapped task."""
    return f"{task_id}[{index}]" if index >= 0 else str(task_id)


def instance_name(instance: Item) -> str:
    """Like `format_index`, of an instance as the API tells it."""
    return format_index(instance.get("task_id"), index_of(instance))


_INSIDE_IDS = "-.:+~@"  # part of an id between two of its letters, punctuation elsewhere


def find_names(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that stand whole in a text, in the order of their places: `load` is not in
    `load_all`, `load.x` or `re-load`. Where one name is a part of another, only the longer one counts."""
    matches: list[tuple[int, str]] = []
    taken = bytearray(len(text))
    for name in sorted(filter(None, set(names)), key=len, reverse=True):
        start = text.find(name)
        while start >= 0:
            end = start + len(name)
            before, after = text[max(start - 2, 0) : start][::-1], text[end : end + 2]
            if taken.find(1, start, end) < 0 and not _continues(before) and not _continues(after):
                taken[start:end] = b"\1" * len(name)
                matches.append((start, name))
            start = text.find(name, start + 1)
    return [name for _, name in sorted(matches)]


def _continues(near: str) -> bool:
    """Return whether the two letters beside a name make it a part of a longer id."""
    near = near[1:] if near[:1] and near[0] in _INSIDE_IDS else near
    return near[:1].isalnum() or near[:1] == "_"


def head(text: str, most: int = 65_536) -> str:
    """Return at most the first `most` letters, and no part of a word: half a secret does not look like
    one."""
    if len(text) <= most:
        return text
    whole = text[:most].rpartition(" ")[0]
    return f"{whole or text[: most // 2]}…"
