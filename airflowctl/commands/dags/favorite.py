"""`dags favorite` and `dags unfavorite`: the favorites of the user."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.effect import SWITCH, effect
from airflowctl.core.errors import Conflict
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags favorite",
    "Add a Dag to your favorites.",
    DAG_ID,
    effect=effect(SWITCH, "Dag", "dag_id", becomes="a favourite"),
    op="favorite_dag",
    aliases=("dags favourite",),
    examples=("airflowctl dags favorite etl",),
)
def favorite(session: Session, dag_id: str) -> Text:
    session.api.call("favorite_dag", dag_id=dag_id)
    return Text(f"{dag_id} is a favorite", {"dag_id": dag_id, "is_favorite": True})


@command(
    "dags unfavorite",
    "Remove a Dag from your favorites.",
    DAG_ID,
    effect=effect(SWITCH, "Dag", "dag_id", becomes="no favourite any more"),
    op="unfavorite_dag",
    aliases=("dags unfavourite",),
    examples=("airflowctl dags unfavorite etl",),
)
def unfavorite(session: Session, dag_id: str) -> Text:
    try:
        session.api.call("unfavorite_dag", dag_id=dag_id)
    except Conflict:  # it is none
        session.output.note(f"{dag_id} was no favorite")
    return Text(f"{dag_id} is no favorite", {"dag_id": dag_id, "is_favorite": False})
