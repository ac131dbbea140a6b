"""Waiting for a run and watching it: on an Airflow on which tasks really run, and on one that goes away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from airflowctl.core.task_order import sort_tasks
from airflowctl.domain import retry
from airflowctl.domain.runs import watch_run
from tests.support.program import Done, Program
from tests.support.screen import CTRL_C, Screen
from tests.support.stub import Reply, Request, Stub, reply

SIZES = [(24, 80), (50, 200)]


def events(done: Done) -> list[dict[str, str]]:
    """The lines for a pipe."""
    header, *lines = [line.split("\t") for line in done.lines]
    assert header == ["time", "task_id", "map_index", "state", "try_number", "duration"]
    return [dict(zip(header, line, strict=True)) for line in lines]


# On a real Airflow.


def test_a_run_that_fails_is_followed_in_a_pipe(working: Program) -> None:
    done = working("dags", "trigger", "many", "--conf", '{"fails": 1}', "--follow")
    assert done.code == 5
    told = events(done)
    assert [told[0]["task_id"], told[-1]["task_id"], told[-1]["state"]] == ["", "", "failed"]
    ends = {(it["task_id"], it["map_index"]): it["state"] for it in told}
    assert ends["files", "-1"] == ends["read", "0"] == ends["read", "3"] == "success"
    assert ends["read", "1"] == "failed"
    assert ends["add_up", "-1"] == "upstream_failed"
    first, *more = [line for line in done.err.splitlines() if "many" in line or ": read" in line][-3:]
    assert first.endswith("failed: read[1]")
    run = first.partition(" ")[0]
    logs = f"  see: airflowctl tasks logs many read {run} --map-index 1"
    assert more == [logs, f"  why: airflowctl why many {run}"]
    # A part of it again, with what follows: it is shown, asked for and followed.
    line = ("tasks", "clear", "many", "-t", "^rea", "--map-index", "1", "-d", "--run-id", run)
    plan = working(*line, "--dry-run", "-o", "json").json
    assert {(one["task_id"], one["map_index"]) for one in plan} == {("read", 1), ("add_up", -1)}
    asked = working(*line, "--follow", answers="n\n")
    assert sorted(asked.err.splitlines()[0].replace(",", "").split()) == sorted(
        [f"{run}:", "read[1]", "add_up"]
    )
    assert "2 task instances of 1 run would be cleared." in asked.err
    again = working(*line, "--follow", "-y", "-o", "jsonl")
    assert again.code == 5
    ran = [one["state"] for one in map(json.loads, again.lines) if one["map_index"] == 1]
    assert ran[-1] == "failed"
    # One that has ended is told at once.
    assert working("dagrun", "watch", "many", run, "-o", "name").lines == ["files", "read", "add_up"]


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_a_run_on_a_terminal(working: Program, rows: int, columns: int) -> None:
    line = ("dags", "trigger", "shapes", "--follow")
    with Screen(working, *line, rows=rows, columns=columns) as screen:
        screen.until(r"^shapes  manual\S+  queued|running", "^choose", "^end")
        assert screen.end() == 0
        assert screen.lines[0].endswith("  success")
        assert screen.lines[1].startswith("██████████████████████████████ 8 of 8  ")
        order = [words[0] for line in screen.lines[4:12] if (words := line.split())]
        left = ["left.first", "left.second", "left.inner.a", "left.inner.b"]
        assert order == ["choose", "right.only", *left, "join", "end"]
        assert "skipped" in screen.lines[4 + order.index("right.only")]
        assert screen.lines[12] == ""


def test_what_a_person_is_asked_is_told(working: Program) -> None:
    with Screen(working, "dags", "trigger", "people", "--follow") as screen:
        screen.until(
            "approve +awaiting_input", "approve asks: Ship it", "answer it with: airflowctl hitl respond"
        )
        run = screen.lines[0].split()[1]
        screen.type(CTRL_C)
        assert screen.end() == 130
        assert f"dagrun watch people {run}" in screen.text.replace("\n", "")
    late = working("dagrun", "watch", "people", run, "--timeout", "0.3")
    assert late.code == 3
    assert "approve asks: Ship it?" in late.err
    assert "is still running after 0.3 s; 0 of 2 tasks have ended" in late.err
    assert "awaiting input: approve; not started: fill" in late.err
    working("dagrun", "mark", "failed", "people", run, "-y")


def test_a_paused_dag_is_said_at_once(working: Program, working_api: httpx.Client) -> None:
    working_api.patch("/dags/again", json={"is_paused": True}).raise_for_status()
    done = working("dags", "trigger", "again", "--wait", "--timeout", "0.5")
    assert (done.out, done.code) == ("", 3)
    assert "again is paused: nothing of it starts until: airflowctl dags unpause again" in done.err
    assert "again is paused" in done.err.splitlines()[-2]
    unpaused = working("dags", "trigger", "again", "--unpause", "--follow", "-o", "json")
    assert unpaused.code == 0
    assert "again was paused, and runs again" in unpaused.err
    assert [(one["task_id"], one["try_number"]) for one in unpaused.json] == [("flaky", 2)]


# On a server that does as it is told.


class Fake:
    """A server with one run; `wrong` is what it answers instead, and to how many requests."""

    def __init__(self) -> None:
        self.state, self.instances = "running", [instance("first", "running"), instance("last", None)]
        self.wrong: list[Reply] = []
        self.paused = False

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply({"version": "3.3.2"})
        if self.wrong:
            return self.wrong.pop()
        if request.path.endswith("/taskInstances"):
            return reply({"task_instances": self.instances, "total_entries": len(self.instances)})
        if request.path.endswith("/tasks"):
            tasks = [{"task_id": "last"}, {"task_id": "first", "downstream_task_ids": ["last"]}]
            return reply({"tasks": tasks, "total_entries": 2})
        if "/dagRuns" in request.path:
            run = {"dag_id": "etl", "dag_run_id": "r1", "state": self.state, "start_date": None}
            return reply({**run, "dag_runs": [run], "total_entries": 1})
        return reply({"dag_id": "etl", "is_paused": self.paused})

    def end(self, state: str = "success") -> None:
        self.instances = [{**one, "state": state} for one in self.instances]
        self.state = state


def instance(task_id: str, state: str | None, map_index: int = -1, **more: Any) -> dict[str, Any]:
    names = {"dag_id": "etl", "dag_run_id": "r1", "task_id": task_id, "map_index": map_index}
    return {**names, "state": state, "try_number": 1, "start_date": "2026-11-01T06:00:00Z", **more}


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def stub(fake: Fake) -> Iterator[Stub]:
    with Stub(fake) as server:
        yield server


@pytest.fixture
def ctl(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")


@pytest.mark.parametrize(("rows", "columns"), SIZES)
def test_half_way_and_at_the_end(ctl: Program, fake: Fake, rows: int, columns: int) -> None:
    took: dict[str, Any] = {
        "start_date": "2026-11-01T06:00:00Z",
        "end_date": "2026-11-01T06:01:05Z",
        "duration": 65.0,
    }
    states = ["success", "success", "success", "failed"]
    fake.instances = [
        *(instance("read", state, place, **took) for place, state in enumerate(states)),
        instance("last", None, try_number=0),
        instance("first", "success", **took),
    ]
    with Screen(ctl, "dagrun", "watch", "etl", rows=rows, columns=columns) as screen:
        screen.until("^last")
        assert screen.lines[:8] == [
            "etl  r1  running",
            "█████████████████████████░░░░░ 5 of 6",
            "task_id  state    try_number  mapped  duration",
            "-------  -------  ----------  ------  ----------",
            "first    success  1                   1 min 05 s",
            "last",
            "read     failed   1           4/4     1 min 05 s",
            "",
        ]
        fake.end("failed")
        assert screen.end() == 5
        assert screen.lines[1] == "██████████████████████████████ 6 of 6"
        text = screen.text
        assert "r1 failed: read[0], read[1], read[2], read[3], last and 1 more" in text
        assert text.count("etl  r1") == 1


def test_more_tasks_than_the_screen_has_rows(ctl: Program, fake: Fake) -> None:
    done = [instance(f"task{place:02}", "success") for place in range(30)]
    fake.instances = [*done, instance("task30", "running"), instance("task31", None)]
    with Screen(ctl, "dagrun", "watch", "etl", rows=12) as screen:
        screen.until("before$", "^task30 +running")
        fake.end()
        assert screen.end() == 0
        assert "task00   success" in screen.raw.replace("\x1b[32m", "")


def test_it_asks_little(ctl: Program, fake: Fake, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at a run that goes on is one request; what seldom changes is asked for once."""
    monkeypatch.setattr(watch_run, "_PAUSE", (0.01, 0.02))

    def answer(request: Request) -> Reply:
        if len(stub.requests) == 6:
            fake.end()
        return fake(request)

    stub.answer = answer
    assert ctl("dagrun", "watch", "etl", "r1").code == 0
    asked = [
        request.path.removeprefix("/api/v2/dags/etl/").partition("/r1")[::2] for request in stub.requests
    ]
    assert asked == [
        ("dagRuns", ""), ("tasks", ""),
        *[("dagRuns", "/taskInstances")] * (len(asked) - 3),
        ("dagRuns", ""),
    ]  # fmt: skip


BROKEN = reply("bad gateway", 502, "text/html")


def test_a_server_that_is_away_for_a_while(
    ctl: Program, fake: Fake, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_run, "_PAUSE", (0.01, 0.02))

    def answer(request: Request) -> Reply:
        number = len(stub.requests)
        if number == 6:
            fake.end()
        return BROKEN if number in (4, 5) else fake(request)

    stub.answer = answer
    done = ctl("dagrun", "watch", "etl", "r1")
    assert done.code == 0
    assert [it["state"] for it in events(done)] == ["running", "running", "success", "success", "success"]
    trying, again = done.err.splitlines()
    assert trying.endswith("; still trying")
    assert again == "the server answers again"


def test_a_server_that_does_not_come_back(
    ctl: Program, fake: Fake, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_run, "_PAUSE", (0.01, 0.02))
    monkeypatch.setattr(retry, "_AWAY", 0.1)
    stub.answer = lambda request: BROKEN if len(stub.requests) > 3 else fake(request)
    done = ctl("dagrun", "watch", "etl", "r1")
    assert done.code == 3
    assert "the run continues; look again with: airflowctl dagrun watch etl r1" in done.err


def test_waiting_is_quiet_and_says_what_failed(ctl: Program, fake: Fake, stub: Stub) -> None:
    fake.end("failed")
    done = ctl("dagrun", "wait", "etl", "r1", "-o", "json")
    assert done.code == 5
    assert done.json["state"] == "failed"
    assert done.err.splitlines()[1:] == [
        "r1 failed: first, last",
        "  see: airflowctl tasks logs etl first r1",
        "  see: airflowctl tasks logs etl last r1",
        "  why: airflowctl why etl r1",
    ]
    assert [request.path.rpartition("/")[2] for request in stub.requests if "etl" in request.path] == [
        "r1", "taskInstances",
    ]  # fmt: skip


def test_only_one_run_is_followed(ctl: Program, stub: Stub) -> None:
    both = [instance("first", "failed"), {**instance("first", "failed"), "dag_run_id": "r2"}]
    stub.answer = lambda request: reply({"task_instances": both, "dag_id": "etl"})
    done = ctl("tasks", "clear", "etl", "--follow", "-y")
    assert (done.out, done.code) == ("", 2)
    assert "--follow watches one run, and this would clear 2" in done.err
    assert all(request.json["dry_run"] for request in stub.requests if request.method == "POST")


@pytest.mark.parametrize(
    ("graph", "order"),
    [
        ({"c": [], "b": ["c"], "a": ["b", "c"]}, "a b c"),
        ({"z": ["join"], "y": ["join"], "join": ["end"], "end": []}, "y z join end"),
        ({"go": ["l1", "r1"], "l1": ["l2"], "l2": ["end"], "r1": ["end"], "end": []}, "go r1 l1 l2 end"),
        ({"a": ["b"], "b": ["a"], "c": ["missing"]}, "c a b"),  # no graph that Airflow makes
    ],
)
def test_tasks_stand_after_those_that_they_follow(graph: dict[str, list[str]], order: str) -> None:
    tasks = [{"task_id": name, "downstream_task_ids": names} for name, names in graph.items()]
    assert [name for name in sort_tasks(tasks) if name in graph] == order.split()
