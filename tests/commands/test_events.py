"""`events`, on a real Airflow."""

from __future__ import annotations

from tests.support.command_results import check_refused, read_rows
from tests.support.program import Program


def test_what_was_done(ctl: Program, mapped: str) -> None:
    found = read_rows(ctl("events", "list", "demo_mapped", "--run-id", mapped, "--task-id", "add_up"))
    assert {"running", "success"} <= {row["event"] for row in found}
    assert [row["when"] for row in found] == sorted((row["when"] for row in found), reverse=True)
    only = read_rows(ctl("events", "list", "demo_mapped", "--event", "success", "--limit", "2"))
    assert [row["event"] for row in only] == ["success", "success"]
    one = ctl("events", "get", only[0]["event_log_id"], "-o", "json").json
    assert one["dag_id"] == "demo_mapped"
    check_refused(ctl("events", "get", "99999999"), "99999999")
