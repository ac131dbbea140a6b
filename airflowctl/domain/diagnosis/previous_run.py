"""The earlier run that a task waits for: depends_on_past and wait_for_downstream."""

from __future__ import annotations

from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list, index_of, instance_name
from airflowctl.domain.diagnosis.facts import Facts, Finding

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

DEPENDENCY = "Previous Dagrun State"
_DONE = ("success", "skipped")


def of_previous(session: Session, facts: Facts, task: dict[str, Any], reason: str) -> Finding | None:
    """Return which earlier run a task waits for, and the state of what it waits for in it; None where the
    server has no earlier run. Raises CliError."""
    date, path = facts.run.get("logical_date"), {"dag_id": facts.dag_id}
    if not date:
        return None
    query = {"logical_date_lte": date, "order_by": "-logical_date"}
    rows, _ = session.api.page("get_dag_runs", "dag_runs", path, limit=2, query=query)
    before = next((run for run in rows if run.get("dag_run_id") != facts.run_id), None)
    if before is None:
        return None
    run_id, task_id = str(before["dag_run_id"]), str(task.get("task_id"))
    downstream = "wait_for_downstream" in reason
    wanted = [task_id, *(facts.task(task_id).get("downstream_task_ids") or ())] if downstream else [task_id]
    instances, _ = session.api.page("get_task_instances", "task_instances", {**path, "dag_run_id": run_id})
    blocking = [
        instance
        for instance in instances
        if instance.get("task_id") in wanted and instance.get("state") not in _DONE
    ]
    setting = "wait_for_downstream" if downstream else "depends_on_past"
    names = [
        f"{instance_name(instance)} is {instance.get('state') or 'not started'}" for instance in blocking
    ]
    blockers = format_list(names) if names else f"the run is {before.get('state')}"
    title = f"{instance_name(task)} waits ({setting}) for the run before, {run_id}: {blockers}"
    more = {
        "task_id": task_id, "map_index": index_of(task), "setting": setting, "run": run_id,
        "states": {instance_name(instance): instance.get("state") for instance in blocking},
        "evidence": ["the task's dependencies", f"the tasks of {run_id}"], "sure": "certain",
    }  # fmt: skip
    lines = [suggest("diagnose", facts.dag_id, run_id)]
    failed = [
        str(instance.get("task_id"))
        for instance in blocking
        if instance.get("state") in ("failed", "upstream_failed")
    ]
    if failed:
        words = [word for name in dict.fromkeys(failed) for word in ("--task-id", name)]
        lines.append(suggest("tasks", "clear", facts.dag_id, *words, "-f", "--run-id", run_id))
    return Finding("previous_run", title, BAD, (), more, tuple(lines))
