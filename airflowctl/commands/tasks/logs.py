"""The log of a task, under the noun where it belongs."""

from __future__ import annotations

from airflowctl.commands.logs import show
from airflowctl.core.command import same_as

logs = same_as(
    show.logs,
    "tasks logs",
    also=("tasks log",),
    examples=(
        "airflowctl tasks logs etl load latest -f",
        "airflowctl tasks logs etl load latest --try all --level warning",
    ),
)
