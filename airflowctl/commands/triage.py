"""Failed runs of all Dags, grouped by their cause."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import some_text, timestamp
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session


@command(
    "triage",
    "Show all failed runs, grouped by what was raised and where.",
    opt(
        "--since",
        help="Runs that ended after this; a day ago if not given.",
        convert=timestamp,
        metavar="DATE",
    ),
    opt("--tag", help="Only Dags with this tag.", complete="tag", convert=some_text, metavar="TAG"),
    flag("--all", name="read_all", help="Read the log of every run, not only the newest of each task."),
    op="get_dag_runs",
    uses=("get_task_instances", "get_log", "get_dags"),
    about="Each group has a line to look and one to clear. It reads the newest log of each Dag, task and"
    " operator; the other runs of the same task are counted with it, and said to be not read.",
    examples=("airflowctl triage --since -1d", "airflowctl triage --tag nightly -o json --query groups"),
)
def triage(session: Session, since: str | None, tag: str | None, read_all: bool) -> Report:
    from airflowctl.domain.diagnosis.triage import triage as group_failures

    return group_failures(session, since or timestamp("-1d"), tag, read_all)
