"""Why tasks of a run were skipped: by a branch, by themselves, by a trigger rule, by a user."""

from __future__ import annotations

from airflowctl.core.errors import NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_list, index_of, instance_name
from airflowctl.domain.diagnosis import callbacks, failure_report, server_record
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import of_each

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.diagnosis.failure_report import Failure
    from airflowctl.session.session import Session

_READ = 3  # logs, and values of branches, that are read: a request each
# Where every operator that skips others keeps which it has skipped, or which it has let follow.
_KEY = "skipmixin_key"
_FAILED = ("failed", "upstream_failed")
# By trigger rule the states that every task before has to have, and what is said of one that has another.
_WANT_ALL = {"all_failed": (_FAILED, "did not fail"), "all_skipped": (("skipped",), "was not skipped")}
# By trigger rule the states that one task before has to have, and what is said where none has.
_WANT_ONE = {
    "one_failed": (_FAILED, "no task before it failed"),
    "one_success": (("success",), "no task before it succeeded"),
    "none_failed_min_one_success": (("success",), "no task before it succeeded"),
    "all_done_min_one_success": (("success",), "no task before it succeeded"),
    "one_done": (("success", "failed"), "no task before it was run"),
}


class Reason(NamedTuple):
    """Why a task was skipped. `words` follow "was skipped: ", `task_id` is the task whose log says so."""

    kind: str
    words: str
    evidence: str = ""
    task_id: str = ""


def skipped(session: Session, facts: Facts) -> list[Finding]:
    """Return why each task was skipped; those that were skipped for one reason together."""
    instances = facts.of_state("skipped")
    if not instances:
        return []
    ran = [entry for entry in instances if entry.get("start_date") and entry.get("try_number")]
    logs = of_each(lambda instance: _read_log(session, facts, instance), ran[:_READ])
    read = [(entry, part.value) for entry, part in zip(ran, logs, strict=False) if part.value]
    own = {id(entry): failure.skipped for entry, failure in read}
    choices = _choices(session, facts, instances)
    reasons: dict[Reason, list[str]] = {}
    for entry in instances:
        reason = _reason(facts, entry, own.get(id(entry), ""), choices)
        reasons.setdefault(reason, []).append(instance_name(entry))
    findings = [_finding(facts, reason, names) for reason, names in reasons.items()]
    return findings + [
        finding for entry, failure in read for finding in callbacks.of_callbacks(entry, failure)
    ]


def _finding(facts: Facts, reason: Reason, names: list[str]) -> Finding:
    kind, words, evidence, task_id = reason
    more = {"reason": kind, "tasks": names, "evidence": [evidence] if evidence else []}
    more["sure"] = "certain" if evidence else "not known"
    verb = "was" if len(names) == 1 else "were"
    if kind in ("itself", "unknown") and len(names) == 1 and "[" not in names[0]:
        task_id = names[0]
    lines = (suggest("tasks", "logs", facts.dag_id, task_id, facts.run_id),) if task_id else ()
    return Finding("skipped", f"{format_list(names)} {verb} skipped: {words}", facts=more, next=lines)


def _reason(facts: Facts, entry: dict[str, Any], own: str, choices: dict[str, Any]) -> Reason:
    if own:
        return Reason("itself", f"it says: {own}", f"its log, try {entry.get('try_number')}")
    record = server_record.of_task(facts.events.value or (), entry)
    if record is not None and record.event != "state mismatch":
        return Reason("record", record.words, record.evidence)
    task_id = str(entry.get("task_id"))
    upstream = facts.upstream(task_id)
    for name in upstream:
        if name in choices and (words := _by_choice(name, task_id, choices[name])):
            return Reason("branch", words, f"the XCom {_KEY} of {name}", name)
    states = {
        name: [instance.get("state") for instance in facts.instances if instance.get("task_id") == name]
        for name in upstream
    }
    rule = str(facts.task(task_id).get("trigger_rule") or "")
    if words := _by_rule(rule, states):
        words += f", and its trigger rule is {rule}" if rule else ""
        return Reason("trigger_rule", words, "the states of the run's tasks")
    if facts.task(task_id).get("is_mapped") and index_of(entry) < 0:
        detail = f": what {format_list(upstream)} returned is empty" if upstream else ""
        return Reason(
            "mapped", f"there was nothing to map it over{detail}", "the Dag's task, and its instances"
        )
    return Reason("unknown", "not known why: neither its log nor the server's record says")


def _by_rule(rule: str, states: dict[str, list[Any]]) -> str:
    """Return what the trigger rule lacked; empty where the states of the tasks before do not tell."""
    if not states:
        return ""
    if rule in _WANT_ALL:
        wanted, words = _WANT_ALL[rule]
        others = [
            name for name, task_states in states.items() if any(state not in wanted for state in task_states)
        ]
        return f"{format_list(others)} {words if len(others) == 1 else words.replace('was', 'were')}" if (
            others) else ""  # fmt: skip
    if rule in _WANT_ONE:
        wanted, words = _WANT_ONE[rule]
        has = any(state in wanted for task_states in states.values() for state in task_states)
        return "" if has else words
    for state, words in (
        ("skipped", "was skipped"),
        ("upstream_failed", "was not run"),
        ("failed", "failed"),
    ):
        before = [name for name, task_states in states.items() if state in task_states]
        if before:
            words = words if len(before) == 1 else words.replace("was", "were")
            return f"{format_list(before)} {words}"
    return ""


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
    successes = [entry for entry in facts.of_state("success") if entry.get("task_id") in after]
    successes = [entry for entry in successes if index_of(entry) < 0][:_READ]

    def decision(entry: dict[str, Any]) -> Any:
        path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(entry["task_id"])}
        try:
            value = session.api.record("get_xcom_entry", "value", xcom_key=_KEY, **path)["value"]
        except NotFound:
            return None
        return _parse(value)

    parts = of_each(decision, successes)
    return {
        str(entry["task_id"]): part.value for entry, part in zip(successes, parts, strict=True) if part.value
    }


def _parse(value: Any) -> Any:
    """Return the value of an XCom, which servers send as JSON text or as what it says."""
    import json

    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _read_log(session: Session, facts: Facts, entry: dict[str, Any]) -> Failure:
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(entry["task_id"])}
    number = int(entry.get("try_number") or 0)
    return failure_report.failure_of(session, path, index_of(entry), number)
