"""`dagrun get`: one run."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, the_run

if TYPE_CHECKING:
    from airflowctl.session.session import Session


# Not what a run has twice, nor the versions' records: in a table those are half a page of JSON.
WANTED = (
    "dag_id", "dag_run_id", "state", "run_type", "logical_date", "data_interval_start", "data_interval_end",
    "run_after", "queued_at", "start_date", "end_date", "duration", "triggered_by", "triggering_user_name",
    "conf", "note", "bundle_version", "partition_key", "backfill_id",
)  # fmt: skip


@command(
    "dagrun get",
    "Show one run: its main fields in a table, all of them in other formats.",
    DAG_ID,
    RUN_ID,
    op="get_dag_run",
    uses=("get_dag_runs", "list_backfills"),
    about="For a run of a backfill, backfill_id is the backfill's number. The API does not link the two:"
    " the backfill is found by type, date and time of creation.",
    examples=(
        "airflowctl dagrun get etl latest",
        "airflowctl dagrun get etl 2026-11-01 -o json",
    ),
)
def get(session: Session, dag_id: str, run_id: str) -> Record:
    run_id = the_run(session, dag_id, run_id)
    run = session.api.record("get_dag_run", "dag_run_id", dag_id=dag_id, dag_run_id=run_id)
    if run.get("run_type") != "backfill":
        return Record(run, "dag_run_id", table=WANTED[:-1])
    from airflowctl.domain.runs.backfill_runs import link_runs

    return Record(link_runs(session, dag_id, [run])[0], "dag_run_id", table=WANTED)
