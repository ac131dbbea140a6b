"""What every log of a task has in it: the marks of groups, and what is Airflow's own."""

from __future__ import annotations

from airflowctl.core.results import Item
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# Marks that Airflow itself writes into the text of a log (decision 0033).
GROUP, END_GROUP = "::group::", "::endgroup::"
# Airflow's own groups: where the log comes from, and what is done before and after the task itself.
SOURCES, BEFORE, AFTER = OWN_GROUPS = ("Log message source details", "Pre Execute", "Post Execute")
_OWN = ("-packages/airflow/", "/airflow-core/", "/task-sdk/")  # Airflow itself and its providers


SKIPPED = "Skipping task."  # what Airflow says of a task that skips itself, with its reason


def is_reason(event: Item) -> bool:
    """Return whether an event among the sources of a log is no path of a file: it says why there is none."""
    words = str(event.get("event", ""))
    return " " in words and not words.startswith(("/", "http"))


def is_mark(event: Item) -> bool:
    """Return whether an event only begins or ends a group."""
    return str(event.get("event", "")).startswith((GROUP, END_GROUP))


def is_airflows(filename: str) -> bool:
    """Return whether a frame of a traceback that is in this file is Airflow's own."""
    path = filename.replace("\\", "/")
    return any(part in path for part in _OWN)


# No document says what the details of an event are: they are what the task's own process has logged.
def as_list(value: Any) -> list[Any]:
    """Return a list as it is, and an empty one for what is none."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; none of what is no list."""
    return [element for element in as_list(value) if isinstance(element, dict)]
