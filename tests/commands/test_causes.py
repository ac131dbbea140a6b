"""Which evidence names the cause of a task's end, where its log and the server's record differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from airflowctl.domain.diagnosis.causes import cause_of
from airflowctl.domain.diagnosis.facts import Facts
from airflowctl.domain.diagnosis.failure_report import ExceptionInfo, Failure
from airflowctl.domain.parallel import Part

TASK = {"task_id": "t", "map_index": -1, "try_number": 1, "end_date": "2026-11-30T06:00:00Z"}
MISMATCH = {
    "event_log_id": 7, "event": "state mismatch", "task_id": "t", "map_index": -1, "try_number": 1,
    "extra": "Executor X reported that T finished with state failed, but the task instance's state attribute"
    " is queued. Learn more: http://x",
}  # fmt: skip
MARKED = {
    "event_log_id": 8, "event": "patch_dag_run", "owner": "op", "when": "2026-11-30T05:59:59Z",
    "extra": '{"state": "failed"}',
}  # fmt: skip
SILENT = "not known: its log tells no error, nor does the server's record"
BY_OP = "the server's record: op marked the run failed"
FOR_WHOM = "not known: the server had it ended, and its record does not say for whom"
TRIGGER = "look into the triggerer's own log"
ENDED = "Process terminated by signal."
ERROR = ExceptionInfo("ValueError", "no rows")


def cause(failure: Failure, *events: dict[str, Any], record: Part | None = None) -> Any:
    facts = Facts(datetime.now(UTC), {"dag_id": "d"}, {}, events=record or Part(list(events)))
    return cause_of(facts, TASK, failure)


@pytest.mark.parametrize(
    ("failure", "events", "words", "sure"),
    [
        (Failure((ERROR,)), (MISMATCH, MARKED), "ValueError: no rows", "certain"),
        (Failure(lines=("alive",)), (), SILENT, "not known"),
        (Failure(lines=("alive",)), (MARKED,), f"its log tells no error; {BY_OP}", "certain"),
        (Failure((ERROR,), is_stopped=True), (MARKED,), BY_OP, "certain"),
        (Failure((ERROR,), is_stopped=True), (), FOR_WHOM, "not known"),
        (Failure(errors=(ENDED,)), (MISMATCH,), ENDED, "certain"),
        (Failure(lines=("Pausing task as DEFERRED. ",)), (MISMATCH,), TRIGGER, "certain"),
        (Failure(problem="it is gone"), (), "not known: it is gone", "not known"),
    ],
)  # fmt: skip
def test_the_first_that_ended_the_task_is_the_cause(
    failure: Failure, events: tuple[dict[str, Any], ...], words: str, sure: str
) -> None:
    found = cause(failure, *events)
    assert words in found.words
    assert found.sure == sure
    assert found.evidence


def test_a_mark_long_after_the_end_is_no_cause() -> None:
    late = {**MARKED, "when": "2026-11-30T06:05:00Z"}
    assert cause(Failure(lines=("alive",)), late).sure == "not known"
