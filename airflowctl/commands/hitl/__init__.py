"""Questions of tasks that wait for a person (human in the loop); from Airflow 3.1 on."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.tasks.lookup import where

if TYPE_CHECKING:
    from airflowctl.session.session import Session

MODULES = ("answers", "questions")  # in the order of help


def place_of(session: Session, dag_id: str, task_id: str, run_id: str, map_index: int) -> dict[str, str]:
    """The parts of a question's path."""
    return {**where(session, dag_id, run_id, task_id), "map_index": str(map_index)}
