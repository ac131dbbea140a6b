"""How things are called in a text for a person: so many of them, some of many, one instance of a task."""

from __future__ import annotations

from collections.abc import Iterable

from airflowctl.core.result import Item

MOST = 5  # names in a sentence


def counted(number: int, noun: str) -> str:
    """`1 run`, `1,200 runs`"""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: Iterable[str], most: int = MOST) -> str:
    """`a, b and 4 more`, each once."""
    found = list(dict.fromkeys(names))
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def index_of(instance: Item) -> int:
    """Its map index; -1 where the task is not mapped."""
    index = instance.get("map_index")
    return index if isinstance(index, int) else -1


def indexed(task_id: object, index: int) -> str:
    """`load`, or `load[2]` for an instance of a mapped task."""
    return f"{task_id}[{index}]" if index >= 0 else str(task_id)


def named(instance: Item) -> str:
    """As `indexed`, of an instance as the API tells it."""
    return indexed(instance.get("task_id"), index_of(instance))


def head(text: str, most: int = 65_536) -> str:
    """At most the first `most` letters, and no part of a word: half a secret does not look like one."""
    if len(text) <= most:
        return text
    whole = text[:most].rpartition(" ")[0]
    return f"{whole or text[: most // 2]}…"
