"""The errors of a task's callbacks: they did not end it, and its state does not tell of them."""

from __future__ import annotations

from airflowctl.core.rich_results import WARN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import index_of, instance_name
from airflowctl.domain.diagnosis import failure_report
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import of_each

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.diagnosis.failure_report import Failure
    from airflowctl.session.session import Session

_READ = 2  # logs of tasks that succeeded that are read: a request each
_EMPTY = "EmptyOperator"  # which runs nothing, and has no log


def of_callbacks(instance: dict[str, Any], failure: Failure) -> list[Finding]:
    """Return the errors of an instance's callbacks, as its log has them."""
    findings = []
    for kind, raised in failure.callbacks:
        name, number = instance_name(instance), instance.get("try_number")
        title = f"the {kind} of {name} failed too: {raised.title}"
        more = {"task_id": instance.get("task_id"), "callback": kind, "why": raised.title}
        more |= {"evidence": [f"its log, try {number}"], "sure": "certain"}
        findings.append(Finding("callback_failed", title, WARN, (), more))
    return findings


def of_successes(session: Session, facts: Facts) -> list[Finding]:
    """Return the errors of callbacks of tasks that succeeded; of few tasks, for each costs a log."""
    done = [
        instance
        for instance in facts.of_state("success")
        if instance.get("try_number") and instance.get("operator") != _EMPTY
    ]
    if not 0 < len(done) <= _READ:
        return []

    def read(instance: dict[str, Any]) -> Failure:
        path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(instance["task_id"])}
        number = int(instance.get("try_number") or 0)
        return failure_report.failure_of(session, path, index_of(instance), number)

    logs = zip(done, of_each(read, done), strict=True)
    return [
        finding for instance, part in logs if part.value for finding in of_callbacks(instance, part.value)
    ]
