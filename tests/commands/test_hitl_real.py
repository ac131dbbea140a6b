"""`hitl` on a real Airflow: a task that asks, and one answer to it."""

from __future__ import annotations

from tests.support.command_results import check_refused
from tests.support.program import Program


def test_a_question_is_answered_once(ctl: Program, asking: str) -> None:
    place = ("demo_waits", "approve", asking)
    pending = ctl("hitl", "list", "demo_waits", asking, "--pending", "-o", "json").json
    assert [one["subject"] for one in pending] == ["Pay the invoice?"]
    assert ctl("hitl", "show", *place, "-o", "json").json["options"] == ["Approve", "Reject"]
    check_refused(ctl("hitl", "respond", *place, "Maybe"), "'Maybe'", "one of: Approve, Reject", code=2)
    assert ctl("hitl", "approve", *place).out == "answered approve: Approve\n"
    check_refused(ctl("hitl", "reject", *place), "already")
    assert ctl("hitl", "list", "demo_waits", asking, "--pending", "-o", "json").json == []
    assert len(ctl("hitl", "list", "demo_waits", asking, "--no-pending", "-o", "json").json) == 1
    shown = ctl("hitl", "show", *place, "--try-number", "1", "-o", "json").json
    assert shown["chosen_options"] == ["Approve"]
