"""`why`, a shorter word for diagnose."""

from __future__ import annotations

from airflowctl.commands import diagnose as diagnosis
from airflowctl.core.command import same_as

why = same_as(
    diagnosis.diagnose,
    "why",
    "The same as diagnose.",
    examples=("airflowctl why etl", "airflowctl why etl latest"),
)
