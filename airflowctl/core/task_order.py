"""The order of tasks that follow each other, and what the states of their instances mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflowctl.core.results import Item

# States of an instance; one in none of these, None, waits for its turn.
OVER = ("success", "failed", "upstream_failed", "skipped", "removed")
GOING_ON = (
    "scheduled", "queued", "running", "restarting", "up_for_retry", "up_for_reschedule", "deferred",
    "awaiting_input",
)  # fmt: skip
# The state that says most comes first; None is a task that waits for its turn.
_TELLING = (
    "failed", "upstream_failed", "awaiting_input", "up_for_retry", "running", "restarting", "deferred",
    "up_for_reschedule", "queued", "scheduled", None, "success", "skipped", "removed",
)  # fmt: skip


def overall(states: Iterable[str | None]) -> str | None:
    """Return the one state of several instances that a person wants to hear of; None for none."""
    has = set(states)
    unknown = sorted(str(state) for state in has.difference(_TELLING))
    return next((state for state in (*_TELLING[:-4], *unknown, *_TELLING[-4:]) if state in has), None)


def parents(follow: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Turn what follows each task into what each task follows; names that `follow` does not have are left
    out."""
    earlier: dict[str, list[str]] = {name: [] for name in follow}
    for name, later in follow.items():
        for follower in dict.fromkeys(later):
            if follower in earlier and follower != name:
                earlier[follower].append(name)
    return earlier


def sort_tasks(tasks: Iterable[Item]) -> dict[str, Item]:
    """Return the tasks of a Dag by their ids, as the API tells them, each after those that it follows."""
    by_id = {str(task["task_id"]): task for task in tasks if task.get("task_id")}
    follow = {name: task.get("downstream_task_ids") or [] for name, task in by_id.items()}
    return {name: by_id[name] for name in order_tasks(follow)}


def order_tasks(follow: Mapping[str, Sequence[str]]) -> list[str]:
    """Return all names, each after those that it follows: a chain stays together, and of several ways the
    shortest is the first. What goes in a circle comes last."""
    before = parents(follow)
    lengths = _lengths(follow, before)
    waits = {name: len(earlier) for name, earlier in before.items()}

    def by_length(names: Iterable[str]) -> list[str]:
        # The last is taken first.
        # Shortest way first, as `git log --graph` keeps a branch together (decision 0031).
        return sorted(names, key=lambda name: (lengths.get(name, 0), _natural(name)), reverse=True)

    ready = by_length(name for name, count in waits.items() if count == 0)
    order: dict[str, None] = {}
    while ready:
        name = ready.pop()
        order[name] = None
        freed = []
        for follower in dict.fromkeys(follow[name]):
            if follower in waits and follower != name:
                waits[follower] -= 1
                if waits[follower] == 0:
                    freed.append(follower)
        ready += by_length(freed)
    return [*order, *(name for name in follow if name not in order)]


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key for which load_2 is before load_10."""
    from re import split

    return [(int(part), "") if part.isdecimal() else (-1, part) for part in split(r"([0-9]+)", name)]


def _lengths(follow: Mapping[str, Sequence[str]], before: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how long the longest way from each to an end is."""
    waits = {
        name: sum(neighbour in before for neighbour in dict.fromkeys(later)) for name, later in follow.items()
    }
    lengths = {name: 0 for name, count in waits.items() if count == 0}
    ready = list(lengths)
    while ready:
        name = ready.pop()
        for neighbour in before[name]:
            lengths[neighbour] = max(lengths.get(neighbour, 0), lengths[name] + 1)
            waits[neighbour] -= 1
            if waits[neighbour] == 0:
                ready.append(neighbour)
    return lengths
