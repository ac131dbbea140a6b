"""`dagrun watch`: a run is watched until it ends."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_OR_NEWEST, TIMEOUT, WATCHING, the_run

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session


@command(
    "dagrun watch",
    "Watch a run until it ends: all its tasks, drawn in place; exit 5 if it fails.",
    DAG_ID,
    RUN_OR_NEWEST,
    TIMEOUT,
    op="get_dag_run",
    uses=(*WATCHING[1:], "get_dag_runs"),
    about="In a pipe it prints a line for each change; -o jsonl prints events, -o json the final state."
    " Ctrl-C ends only the watching; the run continues.",
    examples=("airflowctl dagrun watch etl", "airflowctl dagrun watch etl latest --timeout 600 -o jsonl"),
)
def watch(session: Session, dag_id: str, run_id: str, timeout: float | None) -> Watch:
    from airflowctl.domain.runs.watch_run import watch_run

    run_id = the_run(session, dag_id, run_id)
    run = session.api.record("get_dag_run", "state", dag_id=dag_id, dag_run_id=run_id)
    return watch_run(session, dag_id, run, timeout)
