"""`dags trigger`: the same as `dagrun trigger`."""

from __future__ import annotations

from airflowctl.commands.dagrun import trigger as dagrun_trigger
from airflowctl.core.command import same_as

trigger = same_as(
    dagrun_trigger.trigger,
    "dags trigger",
    examples=(
        "airflowctl dags trigger etl --follow",
        "airflowctl dags trigger etl day=2026-11-01 rows:=100 --wait",
        'airflowctl dags trigger etl --conf \'{"day": "2026-11-01"}\' --wait',
    ),
)
