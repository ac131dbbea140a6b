"""A state that this client does not know ends whatever waits for another one, once it has stayed a minute."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from airflowctl.domain import polling
from airflowctl.domain.logs import follow, run_logs
from airflowctl.domain.runs import watch_run
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

RUN = {"dag_id": "d", "dag_run_id": "r"}
TASK = {**RUN, "task_id": "t", "map_index": -1, "try_number": 1}
WAITS = {
    "dagrun wait": ("dagrun", "wait", "d", "r"),
    "dagrun watch": ("dagrun", "watch", "d", "r"),
    "trigger --wait": ("dags", "trigger", "d", "--wait"),
    "trigger --follow": ("dags", "trigger", "d", "--follow"),
    "logs -f": ("logs", "-f", "d", "t", "r"),
    "dagrun logs -f": ("dagrun", "logs", "-f", "d", "r"),
    "maintenance on": ("workers", "maintenance", "on", "w", "why", "--wait"),
    "maintenance off": ("workers", "maintenance", "off", "w", "--wait"),
    "shutdown": ("workers", "shutdown", "w", "--wait", "--yes"),
    "connections test": ("connections", "test", "c", "--on-worker"),
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[], float]:
    """A clock that only sleeping moves on."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        # Longer steps the later it is: a wait of a thousand seconds takes no hundreds of requests.
        now[0] += max(seconds, 2.0, now[0] / 40)

    for module in (polling, follow, run_logs, watch_run):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    return lambda: now[0]


def in_states(
    run: Any = "running", task: Any = "running", other: Any = "running"
) -> Callable[[Request], Reply]:
    """A server with a run, a task, and a worker and a test of a connection in these states."""

    def answer(request: Request) -> Reply:
        path = request.path
        if path.endswith("/taskInstances"):
            return reply({"task_instances": [{**TASK, "state": task}], "total_entries": 1})
        if "/logs/" in path:
            return reply('{"event": "a line"}\n', kind="application/x-ndjson")
        if "/taskInstances/" in path:
            return reply({**TASK, "state": task})
        if "/dagRuns" in path:
            return reply({**RUN, "state": run})
        if path.endswith("/tasks"):
            return reply({"tasks": [{"task_id": "t"}], "total_entries": 1})
        if path.endswith("/worker"):
            return reply({"workers": [{"worker_name": "w", "state": other}], "total_entries": 1})
        token = {"token": "z" * 30, "connection_id": "c", "conn_type": "http"}
        return reply({"dag_id": "d", "is_paused": False, "state": other, "hitl_details": [], **token})

    return answer


STATES = {
    "text": "suspended",
    "empty": "",
    "number": 17,
    "list": ["running"],
    "object": {"a": 1},
    "long": "x" * 5000,
    "none": None,
}


# A task without a state waits for its turn.
CASES = [(wait, name) for wait in WAITS for name in STATES if (wait, name) != ("logs -f", "none")]


@pytest.mark.parametrize(("wait", "name"), CASES)
def test_an_unknown_state_ends_the_wait(
    online: Program, stub: Stub, clock: Callable[[], float], wait: str, name: str
) -> None:
    state = STATES[name]
    stub.answer = in_states(run=state, task=state if wait == "logs -f" else None, other=state)
    done = online(*WAITS[wait])
    assert done.code == 1, done.err
    last = next(line for line in done.err.splitlines() if line.startswith("error: "))
    assert len(last) < 300
    if "oddly: `state` is" in last:  # what is no text is refused at once
        assert not isinstance(state, str)
        return
    assert "this client does not know" in last
    assert f"{state}"[:50] in last or state is None
    assert 55 < clock() < 90


@pytest.mark.parametrize("name", ["text", "empty", "none"])
def test_an_unknown_state_of_the_run_ends_the_wait_for_its_task(
    online: Program, stub: Stub, clock: Callable[[], float], name: str
) -> None:
    stub.answer = in_states(run=STATES[name], task=None)
    done = online(*WAITS["logs -f"])
    assert done.code == 1, done.err
    assert "error: r has " in done.err
    assert "this client does not know" in done.err
    assert 55 < clock() < 150  # the run is asked for at every tenth look


@pytest.mark.parametrize("wait", WAITS)
def test_a_state_that_changes_does_not_end_it(
    online: Program, stub: Stub, clock: Callable[[], float], wait: str
) -> None:
    def answer(request: Request) -> Reply:
        end = clock() > 300
        state = f"state {clock() // 50}"
        over = "offline" if "workers" in WAITS[wait] and "on" not in WAITS[wait] else "success"
        over = {"maintenance on": "maintenance mode", "maintenance off": "idle"}.get(wait, over)
        made = in_states(run=over, task=over, other=over) if end else in_states(state, state, state)
        return made(request)

    stub.answer = answer
    done = online(*WAITS[wait], "--timeout", "1000") if "connections" in WAITS[wait] else online(*WAITS[wait])
    assert done.code == 0, done.err
    assert clock() > 300


@pytest.mark.parametrize("line", [("logs", "-f", "d", "t", "r"), ("dagrun", "wait", "d", "r")], ids=" ".join)
@pytest.mark.parametrize("state", ["queued", "running"])
def test_a_known_state_may_stay(
    online: Program, stub: Stub, clock: Callable[[], float], state: str, line: tuple[str, ...]
) -> None:
    def answer(request: Request) -> Reply:
        now = "success" if clock() > 1000 else state
        return in_states(run=now, task=now)(request)

    stub.answer = answer
    assert online(*line).code == 0
    assert clock() > 1000


@pytest.mark.parametrize("wait", ["maintenance on", "maintenance off", "shutdown"])
def test_the_wait_for_a_worker_has_a_limit(
    online: Program, stub: Stub, clock: Callable[[], float], wait: str
) -> None:
    stub.answer = in_states(other="terminating")
    done = online(*WAITS[wait])
    assert done.code == 3
    assert "still in state terminating" in done.err
    assert 590 < clock() < 620
