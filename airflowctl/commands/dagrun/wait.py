"""`dagrun wait`: waits until a run ends."""

from __future__ import annotations

from airflowctl.core.command import command, opt
from airflowctl.core.converters import identifier
from airflowctl.core.results import Record, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, TIMEOUT, WATCHING, the_run

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "dagrun wait",
    "Wait until a run ends; exit 5 if it fails.",
    DAG_ID,
    RUN_ID,
    TIMEOUT,
    opt(
        "--result",
        help="Then print the return value of this task, or of each of several, as JSON.",
        repeatable=True,
        complete="task",
        convert=identifier,
        metavar="TASK_ID",
        since="3.1",
    ),
    op="get_dag_run",
    uses=("wait_dag_run_until_finished", "get_dag_runs", *WATCHING[1:]),
    examples=("airflowctl dagrun wait etl latest --timeout 600",),
)
def wait(
    session: Session, dag_id: str, run_id: str, timeout: float | None, result: tuple[str, ...]
) -> Record | Text:
    from json import dumps

    run_id = the_run(session, dag_id, run_id)
    run = session.api.record("get_dag_run", "dag_run_id", dag_id=dag_id, dag_run_id=run_id)
    from airflowctl.domain.runs.watch_run import wait_for_end

    end_record = wait_for_end(session, dag_id, run, timeout)
    if not result:
        return end_record
    query = {"interval": 1, "result": result}
    op = "wait_dag_run_until_finished"
    record = session.api.record(op, "state", query=query, dag_id=dag_id, dag_run_id=run_id)
    results = record.get("results") or {}
    return Text(dumps(results, ensure_ascii=False), results, code=end_record.code)
