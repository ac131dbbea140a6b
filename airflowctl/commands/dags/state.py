"""`dags state`: the state of a run."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.errors import NotFound
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, the_run

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dags state",
    "Print the state of a run, and its conf if it has one; None if there is no such run.",
    DAG_ID,
    RUN_ID,
    op="get_dag_run",
    uses=("get_dag", "get_dag_runs"),
    classic="classic_dags:show_state",
    examples=("airflowctl dags state etl 2026-11-01",),
)
def state(session: Session, dag_id: str, run_id: str) -> Text:
    try:
        text = the_run(session, dag_id, run_id)
        run = session.api.record("get_dag_run", "state", dag_id=dag_id, dag_run_id=text)
    except NotFound:
        session.api.record("get_dag", "dag_id", dag_id=dag_id)
        session.output.note(f"{dag_id} has no run {run_id}")
        return Text("None", {"dag_id": dag_id, "dag_run_id": None, "state": None, "conf": None})
    from json import dumps

    data = {name: run.get(name) for name in ("dag_id", "dag_run_id", "state", "conf")}
    conf = f", {dumps(run['conf'], ensure_ascii=False)}" if run.get("conf") else ""
    return Text(f"{run['state']}{conf}", data)
