"""Why a run failed, waits or does not start: the same as diagnose."""

from __future__ import annotations

from airflowctl.commands.diagnose import asking
from airflowctl.core.command import command

why = command(
    "why",
    "The same as diagnose.",
    *asking.PARAMS,
    **asking.FACTS,
    examples=("airflowctl why etl", "airflowctl why etl latest"),
)(asking.diagnose.handler)
