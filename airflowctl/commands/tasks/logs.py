"""`tasks logs`: the log of a task, the same as `logs`."""

from __future__ import annotations

from airflowctl.commands import logs as task_log
from airflowctl.core.command import same_as

logs = same_as(
    task_log.logs,
    "tasks logs",
    aliases=("tasks log",),
    examples=(
        "airflowctl tasks logs etl load latest -f",
        "airflowctl tasks logs etl load latest --try all --level warning",
    ),
)
