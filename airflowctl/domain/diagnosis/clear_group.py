"""Letting the failed tasks of a group of triage run again: in all its runs, whichever Dags they are of."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NotFound, NotLoggedIn, Unreachable
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.bulk_results import FAILED, outcomes
from airflowctl.domain.diagnosis.triage import find_groups
from airflowctl.domain.runs.clearing import confirm
from airflowctl.domain.runs.lookup import CLEARED
from airflowctl.domain.tasks.clear_request import send_clear
from airflowctl.domain.tasks.lookup import UNMAPPED

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.diagnosis.triage import Choice, Failed
    from airflowctl.session.session import Session


def clear_group(session: Session, name: str, choice: Choice, *, is_dry_run: bool) -> Rows:
    """Clear what a group's runs failed with, and what comes after it. All runs are planned first, a request
    each; after a yes another one each. Raises NotFound where there is no group of this name."""
    groups, _, _ = find_groups(session, choice)
    group = next((candidate for candidate in groups if candidate.name == name), None)
    if group is None:
        see = suggest("triage", *choice.words)
        raise NotFound(f"no group {name} among what failed since {choice.since}", f"see: {see}")
    plan: list[tuple[Failed, list[dict[str, Any]]]] = []
    for entry in group.runs:
        if entry.instance:
            records = send_clear(session, entry.dag_id, {**_body(entry), "dry_run": True})
            plan += [(entry, records)] if records else []
        session.parts.progress.show(len(plan), len(group.runs))
    instances = [record for _, records in plan for record in records]
    if is_dry_run or not instances:
        return Rows(instances, ("dag_id", *CLEARED), "task_id", UNMAPPED, "nothing to clear")
    dags = {entry.dag_id for entry, _ in plan}
    count = f"{format_count(len(instances), 'task instance')} of {format_count(len(plan), 'run')}"
    text = f"{count} of {format_count(len(dags), 'Dag')} would be cleared: {group.title}"
    confirm(session, instances, text, "triage clear")
    return outcomes([_clear(session, *planned) for planned in plan], "dag_run_id", "dag_id")


def _body(entry: Failed) -> dict[str, Any]:
    task = str(entry.instance["task_id"])
    return {"dag_run_id": entry.run_id, "task_ids": [task], "only_failed": True, "only_running": False,
            "include_downstream": True, "include_upstream": False, "reset_dag_runs": True}  # fmt: skip


def _clear(session: Session, entry: Failed, records: list[dict[str, Any]]) -> dict[str, Any]:
    row = {"dag_run_id": entry.run_id, "dag_id": entry.dag_id, "result": f"cleared {len(records)}",
           "reason": None}  # fmt: skip
    try:
        send_clear(session, entry.dag_id, {**_body(entry), "dry_run": False})
    # The same would be said of each run that is left.
    except (NotLoggedIn, Unreachable):
        raise
    except CliError as error:
        row |= {"result": FAILED, "reason": error.message}
    return row
