"""`dags update`: pauses a Dag or unpauses it, as the official airflowctl calls that."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import command, toggle
from airflowctl.core.effect import SWITCH, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags update",
    "Change whether a Dag is paused; the API can change nothing else.",
    DAG_ID,
    toggle("--is-paused", help="Pause it.", no_help="Unpause it."),
    effect=effect(SWITCH, "Dag", "dag_id", repeatable=True),
    op="patch_dag",
    undo=undo.PAUSE,
    invalidates=("dag",),
    about="The official airflowctl's name for it; `dags pause` and `dags unpause` are shorter.",
    examples=("airflowctl dags update etl --is-paused",),
)
def update(session: Session, dag_id: str, is_paused: bool | None) -> Record:
    from airflowctl.domain.dag_pause import write_pause

    if is_paused is None:
        raise UsageError("nothing to change is named", "give --is-paused or --no-is-paused")
    return write_pause(session, dag_id, is_paused)
