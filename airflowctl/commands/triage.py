"""Failed runs of all Dags, grouped by their cause."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.converters import timestamp
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.failed_choice import CHOICE

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session


@command(
    "triage",
    "Show all failed runs, grouped by what was raised and where.",
    *CHOICE,
    op="get_dag_runs",
    uses=("get_task_instances", "get_log", "get_dags", "get_event_logs"),
    about="Each group has a line to look and one to clear. It reads the newest log of each Dag, task and"
    " operator; the other runs of the same task are counted with it, and said to be not read.",
    examples=("airflowctl triage --since -1d", "airflowctl triage --tag nightly -o json --query groups"),
)
def triage(session: Session, since: str | None, tag: str | None, read_all: bool) -> Report:
    from airflowctl.domain.diagnosis.triage import triage as group_failures

    return group_failures(session, since or timestamp("-1d"), tag, read_all)
