"""`dags get`: one Dag."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Record
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


WANTED = (
    "dag_id", "description", "is_paused", "is_stale", "has_import_errors", "owners", "tags",
    "timetable_summary", "timetable_description", "next_dagrun_run_after", "next_dagrun_logical_date",
    "max_active_runs", "max_active_tasks", "last_parsed_time", "bundle_name", "bundle_version", "fileloc",
)  # fmt: skip


@command(
    "dags get",
    "Show one Dag: its main fields in a table, all of them in other formats.",
    DAG_ID,
    op="get_dag",
    examples=(
        "airflowctl dags get etl",
        "airflowctl dags get etl -o json",
    ),
)
def get(session: Session, dag_id: str) -> Record:
    return Record(session.api.record("get_dag", "dag_id", dag_id=dag_id), "dag_id", table=WANTED)
