"""Other Dags that a task depends on: the run that it triggered, the one that its sensor waits for."""

from __future__ import annotations

from airflowctl.core.errors import NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, WARN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list, index_of, instance_name
from airflowctl.domain.diagnosis.causes import first_words
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.runs.lookup import ENDED

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_WAITING = ("Sensor", "SensorAsync", "TriggerDagRunOperator")  # ends of names of operators
_RUN_ID = "trigger_run_id"  # the XCom in which TriggerDagRunOperator keeps the run that it started


def may_wait(instance: dict[str, Any]) -> bool:
    """Return whether an instance is of a sensor, or of what starts another Dag."""
    return str(instance.get("operator_name") or instance.get("operator")).endswith(_WAITING)


def child(session: Session, facts: Facts, instance: dict[str, Any]) -> list[Finding]:
    """Return the run of another Dag that the task has started, and why that failed. Raises CliError."""
    dag_id = str((instance.get("rendered_fields") or {}).get("trigger_dag_id") or "")
    if not dag_id:
        return []
    run_id = _child_run(session, facts, instance)
    if not run_id:
        return _missing_child(session, dag_id)
    path = {"dag_id": dag_id, "dag_run_id": run_id}
    query = {"state": ("failed",), "order_by": "end_date"}
    first = next(
        session.api.pages("get_task_instances", "task_instances", limit=1, query=query, **path), None
    )
    if first is None:
        title, why = f"the run that it started, {dag_id} {run_id}, has no failed task", ""
    else:
        why = first_words(session, path, first)
        title = f"the run that it started, {dag_id} {run_id}: {instance_name(first)} failed: {why}"
    more: dict[str, Any] = {"child_dag_id": dag_id, "child_run_id": run_id, "why": why, "sure": "certain"}
    more["evidence"] = [f"the XCom {_RUN_ID} of {instance_name(instance)}"]
    lines: tuple[str, ...] = (suggest("diagnose", dag_id, run_id),)
    if first is not None:
        lines = (*lines, suggest("dagrun", "clear", dag_id, run_id, "--only-failed"))
    return [Finding("child_run", title, BAD, (), more, lines)]


def _missing_child(session: Session, dag_id: str) -> list[Finding]:
    """Return that there is no Dag to start; nothing where there is one."""
    try:
        session.api.record("get_dag", "dag_id", dag_id=dag_id)
    except NotFound:
        title = f"there is no Dag {dag_id}, which it was to start"
        more = {"child_dag_id": dag_id, "evidence": ["its rendered fields"], "sure": "certain"}
        return [Finding("child_run", title, BAD, (), more, (suggest("diagnose", dag_id),))]
    return []


def find_awaited(session: Session, facts: Facts, instance: dict[str, Any]) -> list[Finding]:
    """Return what of other Dags an instance waits for: a run that it has started, or one that it looks for.
    Raises CliError."""
    fields = instance.get("rendered_fields") or {}
    if fields.get("trigger_dag_id") and str(fields.get("wait_for_completion")).lower() == "true":
        return _awaited_child(session, facts, instance, str(fields["trigger_dag_id"]))
    return awaited(session, facts, instance)


def _awaited_child(session: Session, facts: Facts, instance: dict[str, Any], dag_id: str) -> list[Finding]:
    run_id = _child_run(session, facts, instance)
    if not run_id:
        return []
    state = session.api.record("get_dag_run", "state", dag_id=dag_id, dag_run_id=run_id)["state"]
    title = f"{instance_name(instance)} waits for the run that it started, {dag_id} {run_id}: it is {state}"
    more = {
        "task_id": instance.get("task_id"),
        "child_dag_id": dag_id,
        "child_run_id": run_id,
        "state": state,
    }
    more |= {"evidence": [f"the XCom {_RUN_ID} of {instance_name(instance)}"], "sure": "certain"}
    # What runs is as it should be; what is queued may be held up, which its own line tells.
    tone = "" if state == "running" else WARN
    return [Finding("child_run", title, tone, (), more, (suggest("diagnose", dag_id, run_id),))]


def _child_run(session: Session, facts: Facts, instance: dict[str, Any]) -> str:
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(instance["task_id"])}
    query = {"map_index": index_of(instance)} if index_of(instance) >= 0 else None
    try:
        answer = session.api.record("get_xcom_entry", "value", xcom_key=_RUN_ID, query=query, **path)
    except NotFound:
        return ""
    return str(answer["value"] or "").strip('"')


def awaited(session: Session, facts: Facts, instance: dict[str, Any]) -> list[Finding]:
    """Return what a sensor of another Dag waits for, and what there is of it. Raises CliError."""
    fields = instance.get("rendered_fields") or {}
    dag_id = str(fields.get("external_dag_id") or "")
    if not dag_id:
        return []
    tasks = (
        fields.get("external_task_ids")
        or fields.get("external_task_id")
        or fields.get("external_task_group_id")
    )
    names = (
        [str(name) for name in tasks] if isinstance(tasks, list | tuple) else [str(tasks)] if tasks else []
    )
    targets = format_list(f"{dag_id}.{name}" for name in names) if names else f"the run of {dag_id}"
    date = str(facts.run.get("logical_date") or facts.run.get("run_after") or "")
    try:
        runs, _ = session.api.page("get_dag_runs", "dag_runs", {"dag_id": dag_id}, limit=1,
                                   query={"logical_date_gte": date, "logical_date_lte": date})  # fmt: skip
    except NotFound:
        has, line = f"there is no Dag {dag_id}", suggest("diagnose", dag_id)
    else:
        if runs:
            run_id = str(runs[0].get("dag_run_id"))
            has, line = f"its run {run_id} is {runs[0].get('state')}", suggest("diagnose", dag_id, run_id)
        else:
            # An execution_delta may name another date, which no API tells.
            has = f"{dag_id} has no run of the logical date {date}"
            line = suggest("diagnose", dag_id, date)
    waits = "waited" if instance.get("state") in ENDED else "waits"
    title = f"{instance_name(instance)} {waits} for {targets}: {has}"
    more = {"task_id": instance.get("task_id"), "external_dag_id": dag_id, "external_task_ids": names}
    more |= {"evidence": ["its rendered fields", f"the runs of {dag_id}"], "sure": "likely"}
    return [Finding("external", title, WARN, (), more, (line,))]
