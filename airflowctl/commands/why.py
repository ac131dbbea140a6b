"""`why`, a shorter word for diagnose."""

from __future__ import annotations

from airflowctl.commands.diagnose import asking
from airflowctl.core.command import same_as

why = same_as(
    asking.diagnose,
    "why",
    "The same as diagnose.",
    examples=("airflowctl why etl", "airflowctl why etl latest"),
)
