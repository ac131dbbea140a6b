"""`dags next-execution`: when the next run is due."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import whole_number
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


NEXT = {
    "logical_date": "next_dagrun_logical_date",
    "data_interval.start": "next_dagrun_data_interval_start",
    "data_interval.end": "next_dagrun_data_interval_end",
    "run_after": "next_dagrun_run_after",
}
PARTITION = ("partition_key", "partition_date")


@command(
    "dags next-execution",
    "Print the logical date of the next scheduled run.",
    DAG_ID,
    opt("--field", help="Print this field instead.", choices=(*NEXT, *PARTITION)),
    flag("--table", help="Show all fields of the next run."),
    opt("-n", "--num-executions", help="Only 1: the API has no later runs.", convert=whole_number,
        default=1, metavar="N", unsupported=True),
    op="get_dag",
    classic="classic_dags:show_next_run",
    examples=("airflowctl dags next-execution etl --table",),
)  # fmt: skip
def next_execution(
    session: Session, dag_id: str, field: str | None, table: bool, num_executions: int
) -> Result:
    # The runs after the next one are computed by the timetable, which only the scheduler has.
    if num_executions != 1:
        raise UsageError("--num-executions: the API tells the next run only", "leave it out")
    if field in PARTITION:
        raise UsageError(f"--field: the API does not return the next {field}", "it has run_after")
    if field and table:
        raise UsageError("--table and --field do not go together", "give one of them")
    dag = session.api.record("get_dag", "dag_id", dag_id=dag_id)
    row = {name: dag.get(source) for name, source in NEXT.items()}
    if dag.get("is_paused"):
        session.output.note(f"{dag_id} is paused")
    if not any(row.values()):
        session.output.note(f"{dag_id} has no schedule, or it is over")
    if table:
        return Rows([row] if any(row.values()) else [], tuple(NEXT), "logical_date", empty="no next run")
    # A Dag with partitions has runs without a logical date.
    usual = "run_after" if dag.get("timetable_partitioned") else "logical_date"
    return Text(str(row[field or usual]), {"dag_id": dag_id, **row})
