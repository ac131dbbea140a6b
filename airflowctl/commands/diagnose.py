"""`diagnose`: one answer put together from several calls."""

from __future__ import annotations

from airflowctl.core.command import command, flag
from airflowctl.core.converters import timestamp
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.failed_choice import CHOICE
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import DEPENDENCIES

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session


class DiagnoseValues(NamedTuple):
    """The values of `diagnose`."""

    dag_id: str | None
    run_id: str | None
    failed: bool
    since: str | None
    tag: str | None
    read_all: bool


PARAMS = (
    DAG_ID._replace(required=False, default=None, help="The Dag; the whole deployment if not given."),
    RUN_ID._replace(required=False, default=None, help="The run; the newest if not given."),
    flag("--failed", help="Show all failed runs, grouped by exception and place, as triage does."),
    *(param._replace(help=f"With --failed: {param.help[0].lower()}{param.help[1:]}") for param in CHOICE),
)


@command(
    "diagnose",
    "Explain why a run failed, waits or does not start; without a Dag, show the state of the deployment.",
    *PARAMS,
    examples=("airflowctl diagnose etl", "airflowctl diagnose etl latest -o json --query findings"),
    op="get_dag_details",
    uses=(
        "get_dag_run", "get_version", "get_health", "get_pools", "get_import_errors", "list_dag_warnings",
        "get_task_instances", "get_tasks", "get_dag_runs", *DEPENDENCIES, "get_hitl_details", "get_log",
        "get_task_instance", "get_mapped_task_instance", "get_task_instance_tries",
        "get_mapped_task_instance_tries", "get_dag_source", "get_event_logs", "get_xcom_entry",
        "get_xcom_entries", "list_backfills", "get_dag_asset_queued_events", "get_assets",
        "get_dags",
    ),
    about="Looks for the first failure, else for what holds the run up: the scheduler, the Dag's file, a"
    " pause, pools, limits, backfills, assets, dependencies of tasks, questions to people. Shows"
    " the evidence for a cause, or says that the cause is not known. RUN may be a date without a"
    " run. Ends with the lines to run next. Exits 0 when nothing is wrong, 1 when something failed"
    " or waits for a user to act.",
)  # fmt: skip
def diagnose(session: Session, values: DiagnoseValues) -> Report:
    from airflowctl.domain.diagnosis.diagnose import answer

    if values.failed:
        from airflowctl.domain.diagnosis.triage import Choice, triage

        if values.dag_id is not None:
            raise UsageError("--failed is about all Dags", "leave the Dag out, or choose by --tag")
        return triage(session, Choice(values.since or timestamp("-1d"), values.tag, values.read_all))
    if values.since or values.tag or values.read_all:
        raise UsageError("--since, --tag and --all choose failed runs", "add --failed")
    return answer(session, values.dag_id, values.run_id)
