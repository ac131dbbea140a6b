"""Failed runs of all Dags, grouped by their cause."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, arg, command
from airflowctl.core.converters import identifier, timestamp
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.failed_choice import CHOICE

if TYPE_CHECKING:
    from airflowctl.core.results import Rows
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session


@command(
    "triage",
    "Show all failed runs, grouped by the exception and the place where it was raised.",
    *CHOICE,
    op="get_dag_runs",
    uses=("get_task_instances", "get_log", "get_dags", "get_event_logs"),
    about="Each group has a line to inspect it and one to clear it. It reads the newest log of each Dag,"
    " task and operator; the other runs of the same task are counted with it, and marked as not"
    " read.",
    examples=("airflowctl triage --since -1d", "airflowctl triage --tag nightly -o json --query groups"),
)
def triage(session: Session, since: str | None, tag: str | None, read_all: bool) -> Report:
    from airflowctl.domain.diagnosis.triage import Choice
    from airflowctl.domain.diagnosis.triage import triage as group_failures

    return group_failures(session, Choice(since or timestamp("-1d"), tag, read_all))


@command(
    "triage clear",
    "Clear the failed tasks of a group, and the tasks after them, in all its runs.",
    arg("group", "The name of the group, as triage prints it.", convert=identifier),
    *CHOICE,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(CLEAR, "group", "group"),
    op="post_clear_task_instances",
    undo=undo.CLEAR,
    uses=("get_dag_runs", "get_task_instances", "get_log", "get_dags", "get_event_logs"),
    invalidates=("run",),
    about="It reads the failures again, with the options of the triage that printed the line. It shows"
    " what would be cleared in which run, and asks first.",
    examples=("airflowctl triage clear 1f0c93ab --since -1d --dry-run",),
)
def clear(
    session: Session, group: str, since: str | None, tag: str | None, read_all: bool, dry_run: bool
) -> Rows:
    from airflowctl.domain.diagnosis.clear_group import clear_group
    from airflowctl.domain.diagnosis.triage import Choice

    choice = Choice(since or timestamp("-1d"), tag, read_all)
    return clear_group(session, group, choice, is_dry_run=dry_run)
