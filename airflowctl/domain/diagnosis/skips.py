"""Why tasks of a run were skipped: by a branch, by themselves, by a trigger rule, by a user."""

from __future__ import annotations

from airflowctl.core.errors import NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list, index_of, instance_name
from airflowctl.domain.diagnosis import failure_report, server_record
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import of_each

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_READ = 3  # logs, and values of branches, that are read: a request each
# Where every operator that skips others keeps which it has skipped, or which it has let follow.
_KEY = "skipmixin_key"


def skipped(session: Session, facts: Facts) -> list[Finding]:
    """Return why each task was skipped; those that were skipped for one reason together."""
    instances = facts.of_state("skipped")
    if not instances:
        return []
    ran = [entry for entry in instances if entry.get("start_date") and entry.get("try_number")]
    own = {
        id(entry): part.value or ""
        for entry, part in zip(
            ran, of_each(lambda it: _own_reason(session, facts, it), ran[:_READ]), strict=False
        )
    }
    choices = _choices(session, facts, instances)
    reasons: dict[tuple[str, str, str], list[str]] = {}
    for entry in instances:
        kind, words, evidence = _reason(facts, entry, own.get(id(entry), ""), choices)
        reasons.setdefault((kind, words, evidence), []).append(instance_name(entry))
    return [_finding(facts, key, names) for key, names in reasons.items()]


def _finding(facts: Facts, key: tuple[str, str, str], names: list[str]) -> Finding:
    kind, words, evidence = key
    more = {"reason": kind, "tasks": names, "evidence": [evidence] if evidence else []}
    more["sure"] = "certain" if evidence else "not known"
    verb = "was" if len(names) == 1 else "were"
    next_lines: tuple[str, ...] = ()
    if kind in ("itself", "unknown") and len(names) == 1 and "[" not in names[0]:
        next_lines = (suggest("tasks", "logs", facts.dag_id, names[0], facts.run_id),)
    return Finding("skipped", f"{format_list(names)} {verb} skipped: {words}", facts=more, next=next_lines)


def _reason(facts: Facts, entry: dict[str, Any], own: str, choices: dict[str, Any]) -> tuple[str, str, str]:
    """Return the kind of the reason, its words, and the evidence for it."""
    if own:
        return "itself", f"it says: {own}", f"its log, try {entry.get('try_number')}"
    record = server_record.of_task(facts.events.value or (), entry)
    if record is not None and record.event != "state mismatch":
        return "record", record.words, record.evidence
    task_id = str(entry.get("task_id"))
    upstream = facts.upstream(task_id)
    for name in upstream:
        if name in choices and (words := _by_choice(name, task_id, choices[name])):
            return "branch", words, f"the XCom {_KEY} of {name}"
    states = {
        name: [it.get("state") for it in facts.instances if it.get("task_id") == name] for name in upstream
    }
    rule = str(facts.task(task_id).get("trigger_rule") or "")
    for state, words in (
        ("skipped", "was skipped"),
        ("upstream_failed", "was not run"),
        ("failed", "failed"),
    ):
        before = [name for name, found in states.items() if state in found]
        if before:
            words = words if len(before) == 1 else words.replace("was", "were")
            rule_words = f", and its trigger rule is {rule}" if rule else ""
            return (
                "trigger_rule",
                f"{format_list(before)} {words}{rule_words}",
                "the states of the run's tasks",
            )
    if rule in ("one_failed", "all_failed", "one_done", "all_skipped") and upstream:
        return "trigger_rule", f"its trigger rule is {rule}", "the states of the run's tasks"
    return "unknown", "not known why: neither its log nor the server's record says", ""


def _by_choice(name: str, task_id: str, choice: Any) -> str:
    """Return what a branch decided of a task; empty where it decided nothing."""
    if not isinstance(choice, dict):
        return ""
    followed, left = choice.get("followed"), choice.get("skipped")
    if isinstance(followed, list):
        chose = format_list(map(str, followed)) if followed else "none of the tasks after it"
        return "" if task_id in followed else f"the branch {name} chose {chose}"
    if isinstance(left, list) and task_id in left:
        return f"{name} let nothing after it run: its condition was false (a short circuit)"
    return ""


def _choices(session: Session, facts: Facts, instances: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the branching tasks right before skipped ones have decided."""
    after = {name for entry in instances for name in facts.upstream(entry.get("task_id"))}
    done = [entry for entry in facts.of_state("success") if entry.get("task_id") in after]
    done = [entry for entry in done if index_of(entry) < 0][:_READ]

    def decision(entry: dict[str, Any]) -> Any:
        path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(entry["task_id"])}
        try:
            value = session.api.record("get_xcom_entry", "value", xcom_key=_KEY, **path)["value"]
        except NotFound:
            return None
        return _parse(value)

    parts = of_each(decision, done)
    return {str(entry["task_id"]): part.value for entry, part in zip(done, parts, strict=True) if part.value}


def _parse(value: Any) -> Any:
    """Return the value of an XCom, which servers send as JSON text or as what it says."""
    import json

    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _own_reason(session: Session, facts: Facts, entry: dict[str, Any]) -> str:
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(entry["task_id"])}
    number = int(entry.get("try_number") or 0)
    failure = failure_report.failure_of(session, path, index_of(entry), number)
    return failure.skipped
