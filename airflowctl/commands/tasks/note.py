"""`tasks note`: a note on a task in a run."""

from __future__ import annotations

from airflowctl.commands.tasks import INSTANCE_OF
from airflowctl.core import undo
from airflowctl.core.command import arg, command
from airflowctl.core.effect import CHANGE, effect
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import TASK_ID, UNMAPPED, where

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "tasks note",
    "Write a note on a task in a run; an empty text removes it.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    arg("text", "The note."),
    INSTANCE_OF,
    effect=effect(
        CHANGE, "note of task", "task_id", "run_id", "dag_id", becomes="overwritten", repeatable=True
    ),
    op="patch_task_instance",
    undo=undo.TASK,
    uses=(
        "patch_task_instance_by_map_index",
        "get_dag_runs",
    ),
    examples=("airflowctl tasks note etl load latest 'ran by hand'",),
)
def note(session: Session, dag_id: str, task_id: str, run_id: str, text: str, map_index: int | None) -> Rows:
    path = where(session, dag_id, run_id, task_id)
    op, query = "patch_task_instance", {"update_mask": ("note",)}
    if map_index is not None and map_index >= 0:
        op, path["map_index"] = "patch_task_instance_by_map_index", str(map_index)
    answer = session.api.record(op, "task_instances", query=query, body={"note": text}, **path)
    return Rows(answer["task_instances"], ("task_id", "map_index", "state", "note"), "task_id", UNMAPPED)
