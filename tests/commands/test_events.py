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


def test_what_was_done_to_a_variable(ctl: Program, forget: list[str], unique: str) -> None:
    names = [unique, f"{unique}_longer"]
    forget += names
    for name in names:
        assert ctl("variables", "set", name, "1").code == 0
    done = read_rows(ctl("events", "list", "--key", unique))
    assert done
    assert {row["event"] for row in done} <= {"post_variable", "patch_variable"}
    assert all(f'"key": "{unique}"' in row["extra"] for row in done)
    assert len(read_rows(ctl("events", "list", "--key", unique, "--limit", "1"))) == 1
    assert read_rows(ctl("events", "list", "--key", unique[:-1], "--after", "-1h")) == []
