"""`dags delete`: all that the server knows of a Dag."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, command
from airflowctl.core.effect import DELETE, effect
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags delete",
    "Delete all records of a Dag on the server: its runs, their history and their state.",
    DAG_ID,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(DELETE, "Dag", "dag_id", repeatable=True),
    op="delete_dag",
    uses=("get_dag", "get_dag_stats"),
    invalidates=("dag", "run"),
    about="It asks first. A Dag whose file is still there comes back, without its history. A Dag with a"
    " running task cannot be deleted.",
    classic="classic_dags:delete_dag",
    examples=("airflowctl dags delete etl --yes",),
)
def delete(session: Session, dag_id: str, dry_run: bool) -> Text:
    session.api.record("get_dag", "dag_id", dag_id=dag_id)
    # The one operation that counts all runs of a Dag without reading them.
    answer = session.api.record("get_dag_stats", "dags", query={"dag_ids": (dag_id,)})
    runs = sum(state["count"] for dag in answer["dags"] for state in dag["stats"])
    data = {"dag_id": dag_id, "runs": runs, "dry_run": dry_run}
    of_runs = format_count(runs, "run")
    if dry_run:
        return Text(f"would delete {dag_id} with {of_runs}", data)
    session.console.confirm(f"{dag_id} with {of_runs} and all their history would be deleted.", "dags delete")
    session.api.call("delete_dag", dag_id=dag_id)
    return Text(f"deleted {dag_id}", {**data, "deleted": dag_id})
