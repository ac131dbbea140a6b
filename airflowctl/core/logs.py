"""What every log of a task has in it: the marks of groups, and what is Airflow's own."""

from __future__ import annotations

from airflowctl.core.results import Item

# Marks that Airflow itself writes into the text of a log (decision 0033).
GROUP, END_GROUP = "::group::", "::endgroup::"
# Airflow's own groups: where the log comes from, and what is done before and after the task itself.
SOURCES, BEFORE, AFTER = OWN_GROUPS = ("Log message source details", "Pre Execute", "Post Execute")
_OWN = ("-packages/airflow/", "/airflow-core/", "/task-sdk/")  # Airflow itself and its providers


def is_mark(event: Item) -> bool:
    """Return whether an event only begins or ends a group."""
    return str(event.get("event", "")).startswith((GROUP, END_GROUP))


def is_airflows(filename: str) -> bool:
    """Return whether a frame of a traceback that is in this file is Airflow's own."""
    path = filename.replace("\\", "/")
    return any(part in path for part in _OWN)
