"""The deployment at a glance: `status`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.failed_runs import Runs
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply


def test_a_deployment_at_a_glance(working: Program) -> None:
    done = working.with_environ(NO_COLOR="1")("status", terminal=True)
    assert (done.err, done.code) == ("", 0)
    assert "✓ healthy" in done.out
    assert f"Airflow 3.3.2 at {working.environ['AIRFLOWCTL_URL']}, as admin" in done.out
    for word in ("scheduler", "triggerer", "dag_processor", "default_pool", " ago"):
        assert word in done.out
    assert all(len(line) <= 80 for line in done.lines)


def test_runs_that_failed_count_if_they_are_to(working: Program, troubled: Runs) -> None:
    done = working("status", "-o", "json")
    assert done.code == 0
    assert done.json["healthy"] is True
    assert done.json["failed"]["dags"]["demo_fails"] >= 1
    assert done.json["running"] >= 1
    assert {pool["name"] for pool in done.json["pools"]} >= {"default_pool"}
    assert done.json["problems"] == {}
    strict = working("status", "--strict")
    assert strict.code == 1
    assert "runs failed in the last day" in strict.out
    assert "\n  airflowctl diagnose " in strict.out


# Faults that no server makes on demand.

LONG_AGO = (datetime.now(UTC) - timedelta(hours=3, minutes=1)).isoformat()


def deployment(**other: Any) -> Callable[[Request], Reply]:
    """A server of which one answer, or another, is not as usual."""
    well = {"status": "healthy"}
    answers: dict[str, Any] = {
        "health": {"metadatabase": well, "scheduler": {**well, "latest_scheduler_heartbeat": LONG_AGO},
                   "triggerer": {"status": None}, "dag_processor": None},
        "version": {"version": "3.3.2"},
        "pools": {"pools": [{"name": "one", "slots": 2, "open_slots": 0}], "total_entries": 1},
        "dagRuns": {"dag_runs": [], "total_entries": 0},
        "importErrors": {"import_errors": [], "total_entries": 0},
        **other,
    }  # fmt: skip

    def answer(request: Request) -> Reply:
        found = answers[request.path.rpartition("/")[2]]
        return found if isinstance(found, Reply) else reply(found)

    return answer


def asked(stub: Stub, program: Program) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")


def test_a_dead_scheduler_is_the_first_thing_that_is_said(program: Program) -> None:
    dead = {"metadatabase": {"status": "healthy"},
            "scheduler": {"status": "unhealthy", "latest_scheduler_heartbeat": LONG_AGO}}  # fmt: skip
    with Stub(deployment(health=dead)) as stub:
        done = asked(stub, program)("status")
    assert done.code == 1
    assert done.lines[0] == "✗ unhealthy: scheduler is unhealthy, last heartbeat 3 h ago"


def test_what_was_never_started_is_not_unhealthy(program: Program) -> None:
    with Stub(deployment()) as stub:
        done = asked(stub, program)("status")
    assert done.code == 0
    assert "triggerer      not running" in done.out
    assert "one full" in done.out
    assert len(stub.requests) == 6


def test_health_says_so_too(program: Program) -> None:
    with Stub(deployment()) as stub:
        told = asked(stub, program)("health", "-o", "table")
        data = asked(stub, program)("health", "-o", "json").json
    assert told.out.count("not running") == 2
    assert [one["status"] for one in data] == ["healthy", "healthy", None, None]


def test_a_part_that_one_may_not_see_sinks_nothing(program: Program) -> None:
    forbidden = reply({"detail": "Forbidden"}, 403)
    for name in ("pools", "importErrors"):
        with Stub(deployment(**{name: forbidden})) as stub:
            done = asked(stub, program)("status", "--strict")
        assert done.code == 0
        assert "you may not see them" in done.out
        assert "No run failed in the last day" in done.out


def test_a_part_that_fails_is_told_and_counts(program: Program) -> None:
    with Stub(deployment(importErrors=reply("oops", 500, "text/plain"))) as stub:
        done = asked(stub, program)("status")
        data = asked(stub, program)("status", "-o", "json")
    assert (done.code, data.code) == (1, 1)
    assert "import errors cannot be read: the server failed (500)" in done.out
    assert data.json["import_errors"] is None
    assert set(data.json["problems"]) == {"import errors"}


def test_what_a_server_sends_is_never_alive_on_a_terminal(program: Program) -> None:
    pools = {"pools": [{"name": "\x1b[2Jone", "slots": 1}], "total_entries": 1}
    errors = {
        "import_errors": [{"filename": "a\x07.py", "stack_trace": "E: \x1b]0;x\x07"}],
        "total_entries": 1,
    }
    with Stub(deployment(pools=pools, importErrors=errors)) as stub:
        done = asked(stub, program)("status", "--color", "always", terminal=True)
    assert "\x1b[2J" not in done.out
    assert "\x1b]" not in done.out
    assert "\x07" not in done.out
