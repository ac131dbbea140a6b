"""`dagrun note`: a note on a run."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import arg, command
from airflowctl.core.effect import CHANGE, effect
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, the_run

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dagrun note",
    "Write a note on a run; an empty text removes it.",
    DAG_ID,
    RUN_ID,
    arg("text", "The note."),
    effect=effect(CHANGE, "note of run", "run_id", "dag_id", becomes="overwritten", repeatable=True),
    op="patch_dag_run",
    uses=("get_dag_runs",),
    undo=undo.RUN,
    invalidates=("run",),
    examples=("airflowctl dagrun note etl latest 'the source was late'",),
)
def note(session: Session, dag_id: str, run_id: str, text: str) -> Record:
    run_id = the_run(session, dag_id, run_id)
    query, body = {"update_mask": ("note",)}, {"note": text}
    run = session.api.record(
        "patch_dag_run", "dag_run_id", query=query, body=body, dag_id=dag_id, dag_run_id=run_id
    )
    return Record(run, "dag_run_id", ("dag_id", "dag_run_id", "state", "note"))
