"""The log of a task, under the noun where it belongs."""

from __future__ import annotations

from airflowctl.commands.logs.show import FACTS, PARAMS, SUMMARY, show
from airflowctl.core.command import command

logs = command(
    "tasks logs",
    SUMMARY,
    *PARAMS,
    **FACTS,
    also=("tasks log",),
    examples=(
        "airflowctl tasks logs etl load latest -f",
        "airflowctl tasks logs etl load latest --try all --level warning",
    ),
)(show)
