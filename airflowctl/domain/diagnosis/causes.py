"""Why a task failed: one cause, the evidence it was read from, and how sure that is."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import index_of
from airflowctl.domain.diagnosis import failure_report, server_record
from airflowctl.domain.diagnosis.failure_report import NO_ERROR

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.diagnosis.facts import Facts
    from airflowctl.domain.diagnosis.failure_report import Failure
    from airflowctl.session.session import Session

CERTAIN, LIKELY, UNKNOWN = "certain", "likely", "not known"
# What a task says that was ended from outside: the record says by what.
_ENDED_FROM_OUTSIDE = ("invalid_state", "AirflowTaskTerminated", "shouldn't be running", "Task killed!")

_DEFERRED = "Pausing task as DEFERRED"
_NOR = "nor does the server's record"


class Cause(NamedTuple):
    """`words` say it in one line. `evidence` names the places where it stands, as a user may look them up."""

    words: str
    evidence: tuple[str, ...]
    sure: str

    @property
    def line(self) -> str:
        """Return where it was read, for a person."""
        if self.sure == UNKNOWN:
            return f"looked at: {', '.join(self.evidence)}" if self.evidence else ""
        return f"evidence: {', '.join(self.evidence)}" + (" (likely)" if self.sure == LIKELY else "")


def cause_of(facts: Facts, instance: dict[str, Any], failure: Failure) -> Cause:
    """Return the cause of a try's end: of the log and the server's record, what ended it first."""
    entry = server_record.of_task(facts.events.value or (), instance)
    log = f"its log, try {instance.get('try_number')}"
    is_own = not failure.is_stopped
    if is_own and failure.raised and not _is_from_outside(failure.raised[0].title):
        return Cause(failure.title, (log,), CERTAIN)
    error = next((text for text in failure.errors if is_own and not _is_from_outside(text)), "")
    if entry is not None and (entry.event != "state mismatch" or not error):
        words = f"the server's record: {entry.words}"
        has_error = failure.raised or failure.errors or failure.problem
        prefix = "" if has_error else f"{NO_ERROR}; "
        if failure.lines and failure.lines[-1].startswith(_DEFERRED):
            # The triggerer runs it then, and what that says reaches no API where the trigger never began.
            words += "; it had given its slot to a trigger, so look into the triggerer's own log"
        return Cause(prefix + words, (entry.evidence, log), CERTAIN)
    if error:
        return Cause(error, (log,), CERTAIN)
    if failure.is_stopped:
        words = "not known: the server had it ended, and its record does not say for whom"
        return Cause(words, (log, "the server's record"), UNKNOWN)
    if failure.raised or failure.errors:
        return Cause(failure.title, (log,), LIKELY)
    return _without_evidence(facts, instance, failure, log)


def _without_evidence(facts: Facts, instance: dict[str, Any], failure: Failure, log: str) -> Cause:
    evidence = [log]
    if facts.events.error is None:
        evidence.append("the server's record")
        record = _NOR
    else:
        record = "the server's record cannot be seen" + (
            ": you may not see it" if facts.events.is_forbidden else f": {facts.events.error.message}"
        )
    if failure.problem or (failure.sources and not failure.lines):
        why = failure.problem or failure.sources[0]
        return Cause(f"not known: {why}", tuple(evidence), UNKNOWN)
    return Cause(f"not known: {NO_ERROR}, {record}", tuple(evidence), UNKNOWN)


def _is_from_outside(text: str) -> bool:
    return any(mark in text for mark in _ENDED_FROM_OUTSIDE)


def first_words(session: Session, path: dict[str, Any], instance: dict[str, Any]) -> str:
    """Return in one line why an instance failed. Raises CliError where its log cannot be read."""
    return first_cause(session, path, instance)[0]


def first_cause(
    session: Session, path: dict[str, Any], instance: dict[str, Any]
) -> tuple[str, Failure | None]:
    """Return the same, with what its log tells. Raises CliError where that cannot be read."""
    number = int(instance.get("try_number") or 0)
    if not number:
        return "it was not started", None
    path = {**path, "task_id": str(instance["task_id"])}
    failure = failure_report.failure_of(session, path, index_of(instance), number)
    if (failure.raised or failure.errors) and not failure.is_stopped:
        return failure.title, failure
    entry = server_record.of_task(server_record.of_run(session, path["dag_id"], path["dag_run_id"]), instance)
    if entry is not None:
        return f"the server's record: {entry.words}", failure
    words = "the server had it ended" if failure.is_stopped else failure.title
    return f"not known: {words}" + (f", {_NOR}" if words == NO_ERROR else ""), failure
