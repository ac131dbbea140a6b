"""Starting a run."""

from __future__ import annotations

from airflowctl.commands.dagrun import trigger as starting
from airflowctl.core import undo
from airflowctl.core.command import command
from airflowctl.core.effect import CREATES

trigger = command(
    "dags trigger",
    "Start a run of a Dag.",
    *starting.PARAMS,
    effect=CREATES,
    op="trigger_dag_run",
    undo=undo.PAUSE,
    uses=starting.USES,
    changes=("run", "dag"),
    about=starting.ABOUT,
    examples=(
        "airflowctl dags trigger etl --follow",
        'airflowctl dags trigger etl --conf \'{"day": "2026-11-01"}\' --wait',
    ),
)(starting.start)
