"""All failed runs in groups, and what is stuck: what is asked, and what is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from airflowctl.domain.diagnosis.waits import find_until
from tests.support.program import Program
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, reply

NOW = datetime.now(UTC)


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def before(minutes: float) -> str:
    """The same of all calls, but for the time that the other tests have taken."""
    return (NOW - timedelta(minutes=minutes)).isoformat()


def error(kind: str, line: int) -> str:
    """A log that ends with an exception."""
    frames = [{"filename": "/dags/etl.py", "lineno": line, "name": "load"}]
    detail = [{"exc_type": kind, "exc_value": "as it is", "frames": frames, "is_cause": False}]
    event = {
        "event": "Task failed with exception",
        "level": "error",
        "logger": "task",
        "error_detail": detail,
    }
    return json.dumps(event) + "\n"


class Failing:
    """Ten Dags, ten failed runs of each, for so many causes; the even ones succeeded since."""

    def __init__(self, causes: int = 5) -> None:
        self._causes = causes

    def __call__(self, request: Request) -> Reply:
        path = request.path.removeprefix("/api/v2")
        if path.endswith("/logs/1"):
            number = int(path.split("/")[2].removeprefix("dag"))
            return reply(error(f"Error{number % self._causes}", 7), kind="application/x-ndjson")
        if path == "/dags":
            rows = [{"dag_id": f"dag{it}", "owners": ["ann"]} for it in range(10)]
            if "last_dag_run_state" in request.query:
                rows = rows[::2]
            return reply({"dags": rows, "total_entries": len(rows)})
        if path.endswith("/taskInstances"):
            task = {"task_id": "load", "try_number": 1, "map_index": -1, "operator_name": "PythonOperator"}
            return self._page("task_instances", [{**it, **task} for it in self._runs()])
        if path.endswith("/dagRuns"):
            return self._page("dag_runs", self._runs())
        return reply({"version": "3.3.2"})

    def _runs(self) -> list[dict[str, Any]]:
        return [
            {
                "dag_id": f"dag{it % 10}",
                "dag_run_id": f"r{it // 10}",
                "state": "failed",
                "end_date": before(it),
                "logical_date": before(1000 + it),
            }
            for it in range(100)
        ]

    def _page(self, name: str, rows: list[dict[str, Any]]) -> Reply:
        return reply({name: rows, "total_entries": len(rows), "next_cursor": None})


@pytest.fixture
def asked(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", NO_COLOR="1")


def test_failures_are_grouped_by_what_was_raised_and_where(asked: Program, stub: Stub) -> None:
    stub.answer = Failing()
    done = asked("triage")
    assert done.code == 1
    assert "100 runs failed since" in done.lines[0]
    assert done.lines[0].endswith("in 5 groups")
    assert "20 x Error0: as it is (load, line 7 of etl.py)" in done.out
    assert "partly recovered; owner ann; 2 logs read, 18 not read" in done.out
    assert len(stub.requests) <= 40


def test_a_hundred_failures_of_ten_causes_are_ten_groups_in_few_requests(asked: Program, stub: Stub) -> None:
    stub.answer = Failing(causes=10)
    done = asked("triage")
    assert done.lines[0].endswith("in 10 groups")
    assert all(f"10 x Error{cause}: as it is" in done.out for cause in range(10))
    assert len(stub.requests) <= 40


def test_all_reads_every_log(asked: Program, stub: Stub) -> None:
    stub.answer = Failing()
    data = asked("why", "--failed", "--all", "-o", "json").json
    assert [group["read"] for group in data["groups"]] == [20] * 5
    assert data["complete"] is True


def test_a_group_of_one_dag_has_a_line_that_clears_it(asked: Program, stub: Stub) -> None:
    failing = Failing()
    failing._runs = lambda: [it for it in Failing()._runs() if it["dag_id"] == "dag1"]  # type: ignore[method-assign]
    stub.answer = failing
    (group,) = asked("triage", "-o", "json").json["groups"]
    assert group["count"] == 10
    assert group["state"] == "still red"
    assert group["next"][1].startswith(f"airflowctl triage clear {group['group']} --since 20")


def test_a_group_over_several_dags_is_cleared_by_its_line(asked: Program, stub: Stub) -> None:
    failing = Failing()

    def answer(request: Request) -> Reply:
        if request.path.endswith("/clearTaskInstances"):
            task = {
                "task_id": "load",
                "map_index": -1,
                "state": "failed",
                "dag_id": request.path.split("/")[4],
            }
            return reply({"task_instances": [{**task, "dag_run_id": request.json["dag_run_id"]}]})
        return failing(request)

    stub.answer = answer
    group = asked("triage", "-o", "json").json["groups"][0]
    line = group["next"][1].split()[1:]
    plan = asked(*line, "--dry-run", "-o", "json").json
    wanted = {(run["dag_id"], run["dag_run_id"]) for run in group["runs"]}
    assert (len(wanted), {(it["dag_id"], it["dag_run_id"]) for it in plan}) == (20, wanted)
    assert asked(*line).code == 2
    stub.requests.clear()
    done = asked(*line, "--yes", "-o", "json").json
    assert {(it["dag_id"], it["dag_run_id"]) for it in done} == wanted
    bodies = [it.json for it in stub.requests if it.path.endswith("/clearTaskInstances")]
    assert [body["dry_run"] for body in bodies] == [True] * 20 + [False] * 20
    assert {(*body["task_ids"], body["only_failed"]) for body in bodies} == {("load", True)}
    lost = asked("triage", "clear", "00000000", "--yes")
    assert (lost.code, "no group 00000000 among what failed" in lost.err) == (1, True)


def test_lines_in_sections_are_whole_and_a_shell_numbers_them(asked: Program, stub: Stub) -> None:
    stub.answer = Failing()
    done = asked("triage", terminal=True, columns=60)
    lines = [line for line in done.lines if line.startswith("  airflowctl")]
    assert len(lines) == 10
    assert max(map(len, lines)) > 60


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("why --failed etl", "--failed is about all Dags"),
        ("why etl --tag x", "--since, --tag and --all choose failed runs"),
    ],
)
def test_what_does_not_go_together(line: str, told: str, asked: Program, stub: Stub) -> None:
    done = asked(*line.split())
    assert (done.code, stub.requests) == (2, [])
    assert told in done.err


class Waiting:
    """A paused Dag with a queued run, a full pool, a task that waits for it, and one that runs for long."""

    def __call__(self, request: Request) -> Reply:
        path, state = request.path.removeprefix("/api/v2"), request.query.get("state", [""])[0]
        if path == "/version":
            return reply({"version": "3.3.2"})
        if path == "/pools":
            pools = [{"name": "tiny", "slots": 1, "open_slots": 0}]
            return reply({"pools": pools, "total_entries": 1})
        if path == "/dags":
            rows = [{"dag_id": "asleep"}] if request.query.get("paused") == ["true"] else []
            return reply({"dags": rows, "total_entries": len(rows)})
        if path.endswith("/hitlDetails"):
            return reply({"hitl_details": [], "total_entries": 0})
        if path.endswith("/taskInstances"):
            rows = self._instances(state)
            return reply({"task_instances": rows, "total_entries": len(rows)})
        runs = [{"dag_id": "asleep", "dag_run_id": "r1", "state": "queued", "run_after": ago(9),
                 "queued_at": ago(9), "run_type": "manual"}] if state == "queued" else []  # fmt: skip
        return reply({"dag_runs": runs, "total_entries": len(runs)})

    def _instances(self, state: str) -> list[dict[str, Any]]:
        one = {
            "dag_id": "etl",
            "dag_run_id": "r1",
            "task_id": "load",
            "map_index": -1,
            "pool": "tiny",
            "pool_slots": 1,
        }
        return {
            "scheduled": [{**one, "state": "scheduled"}],
            "running": [{**one, "task_id": "slow", "state": "running", "start_date": ago(90)}],
            "success": [{**one, "task_id": "slow", "state": "success", "duration": 60.0}] * 10,
        }.get(state, [])


def test_what_does_not_move_is_listed_with_a_line_for_each(asked: Program, stub: Stub) -> None:
    stub.answer = Waiting()
    done = asked("stuck")
    assert done.code == 1
    said = " ".join(done.out.split())
    assert "3 things do not move" in said
    assert (
        "asleep is paused, and 1 run of it waits, for 9 min" in said
        and "at most airflowctl dags unpause asleep" in said
    )
    assert "pool 'tiny' is full, 1 task waiting: etl.load" in said
    assert "etl.slow runs for 1 h 30 min; the median of its last runs is 1 min 00 s" in said
    assert len(stub.requests) <= 15


class Unanswered(Waiting):
    """A question of a task that has failed without an answer, and one that is open; a task that wants more
    slots than the full pool has, beside one that only waits."""

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/hitlDetails"):
            states = {"late": "failed", "open": "awaiting_input"}
            rows = [
                {"subject": "Go?", "task_instance": {"dag_id": name, "task_id": "ask", "state": state}}
                for name, state in states.items()
            ]
            return reply({"hitl_details": rows, "total_entries": 2})
        return super().__call__(request)

    def _instances(self, state: str) -> list[dict[str, Any]]:
        found = super()._instances(state)
        return [*found, {**found[0], "task_id": "big", "pool_slots": 5}] if state == "scheduled" else found


def test_what_has_ended_or_only_waits_is_not_said_to_be_stuck_for_another(asked: Program, stub: Stub) -> None:
    stub.answer = Unanswered()
    said = " ".join(asked("stuck").out.split())
    assert "open.ask waits for a person" in said
    assert "late.ask" not in said
    assert "etl.big can never run: pool 'tiny' has 1 slots, and 5 are wanted" in said
    assert "pool 'tiny' is full, 1 task waiting: etl.load" in said


def test_nothing_is_stuck(asked: Program, stub: Stub) -> None:
    waiting = Waiting()
    waiting._instances = lambda state: []  # type: ignore[method-assign]
    stub.answer = lambda request: (
        reply({"dag_runs": [], "total_entries": 0}) if request.path.endswith("/dagRuns") else waiting(request)
    )
    done = asked("stuck")
    assert (done.code, done.out) == (0, "✓ nothing known is stuck\n")


class Many(Waiting):
    """A server of ten thousand Dags, of which most have no next run; those without one come first or last."""

    def __init__(self, *, nulls_first: bool, due: int) -> None:
        late = [{"dag_id": f"late{it}", "next_dagrun_run_after": ago(9)} for it in range(due)]
        soon = [{"dag_id": f"soon{it}", "next_dagrun_run_after": ago(-60)} for it in range(200)]
        idle = [{"dag_id": f"idle{it}", "next_dagrun_run_after": None} for it in range(9_800 - due)]
        self.dags: list[dict[str, Any]] = [*idle, *late, *soon] if nulls_first else [*late, *soon, *idle]

    def __call__(self, request: Request) -> Reply:
        if request.path == "/api/v2/dags" and request.query.get("order_by") == ["next_dagrun"]:
            offset, limit = int(request.query["offset"][0]), int(request.query["limit"][0])
            return reply({"dags": self.dags[offset : offset + limit], "total_entries": len(self.dags)})
        if request.path.endswith("/taskInstances"):
            return reply({"task_instances": [], "total_entries": 0})
        return super().__call__(request)


@pytest.mark.parametrize("nulls_first", [True, False])
@pytest.mark.parametrize("due", [0, 3, 150])
def test_what_is_due_is_seen_among_ten_thousand_dags(
    due: int, nulls_first: bool, asked: Program, stub: Stub
) -> None:
    stub.answer = Many(nulls_first=nulls_first, due=due)
    data = asked("stuck", "-o", "json").json
    assert len([it for it in data["stuck"] if it["kind"] == "not_started"]) == min(due, 100)
    # More are due than a page holds: that is said.
    assert set(data["not_looked_at"]) == ({"due"} if due > 100 else set())
    assert len(stub.requests) <= 30


def test_a_user_who_may_see_a_part_reads_that(asked: Program, stub: Stub) -> None:
    stub.answer = Waiting()
    assert "what this user may not read is not in it" in asked("stuck").err


def test_a_shell_numbers_the_lines_in_sections_and_runs_them(asked: Program, stub: Stub) -> None:
    stub.answer = Failing()
    with Shell(asked) as shell:
        done = shell.run("triage")
        lines = [line.strip() for line in done.out.splitlines() if "airflowctl " in line]
        assert [line.split()[0] for line in lines] == [f"!{number}" for number in range(1, 11)]
        assert lines[0] == "!1  airflowctl why dag0 r0"
        stub.requests.clear()
        shell.run("!3")
    words = lines[2].split()
    assert any(it.path.startswith(f"/api/v2/dags/{words[3]}") for it in stub.requests)


@pytest.mark.parametrize(
    ("arguments", "until"),
    [
        ("{'moment': DateTime(2030, 1, 1, 0, 0, 0, tzinfo=Timezone('UTC'))}", "2030-01-01T00:00:00"),
        ("{'moment': DateTime(2030, 1, 1, 5, tzinfo=Timezone('UTC'))}", "2030-01-01T05:00:00"),
        ("{'moment': '2030-01-01T00:00:00+00:00'}", "2030-01-01T00:00:00"),
        ("{'moment': DateTime(2030, 1, 1, 0, 0, 0, tzinfo=Timezone('Europe/Paris'))}", None),
        ("{'moment': DateTime(2030, 13, 1, tzinfo=Timezone('UTC'))}", None),
        ("{}", None),
    ],
)  # fmt: skip
def test_the_moment_of_a_trigger_is_read_as_each_airflow_spells_it(arguments: str, until: str | None) -> None:
    trigger = {
        "classpath": "airflow.providers.standard.triggers.temporal.DateTimeTrigger",
        "kwargs": arguments,
    }
    when, place = find_until({}, trigger)
    assert when == (None if until is None else datetime.fromisoformat(f"{until}+00:00"))
    assert place == "the trigger's arguments"
