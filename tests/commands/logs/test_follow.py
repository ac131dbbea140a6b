"""Following a task, and all of a run, on a real Airflow."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest

from tests.support.program import Done, Program
from tests.support.screen import CTRL_C, Screen

Trigger = Callable[..., str]


@pytest.fixture
def trigger(working_api: httpx.Client) -> Iterator[Trigger]:
    """Starts a run of a Dag, and returns its id."""
    made = []

    def trigger(dag: str, **conf: object) -> str:
        run = f"follow_{uuid4().hex[:8]}"
        body = {"dag_run_id": run, "logical_date": None, "conf": conf}
        working_api.post(f"/dags/{dag}/dagRuns", json=body).raise_for_status()
        made.append(f"/dags/{dag}/dagRuns/{run}")
        return run

    yield trigger
    for path in made:
        working_api.patch(path, json={"state": "failed"})
        working_api.delete(path)


def follow(working: Program, words: str, *more: str) -> Done:
    return working("tasks", "logs", *words.split(), "--follow", *more)


def test_from_before_the_start_to_the_end(working: Program, trigger: Trigger) -> None:
    run = trigger("lines", lines=12, interval=0.2)
    done = follow(working, f"lines count {run}")
    assert done.code == 0
    assert re.findall(r"line (\d+) at", done.out) == [str(number) for number in range(1, 13)]
    first, *_, last = done.err.splitlines()
    assert first.startswith("waiting for count to start (")
    assert re.fullmatch(r"count: success, [\d.]+ s", last)
    again = working("tasks", "logs", "lines", "count", run)
    assert again.out.splitlines()[1:] == done.out.splitlines()[1:]  # but for where the log was read from


def test_over_a_failure_to_the_next_try(working: Program, trigger: Trigger) -> None:
    done = follow(working, f"again flaky {trigger('again')}")
    assert done.code == 0
    assert re.findall(r"this is try (\d)", done.out) == ["1", "2"]
    assert done.err.count("try 2 begins\n") == 1
    assert "flaky: success at try 2, " in done.err


def test_one_try_alone_ends_as_it_ends(working: Program, trigger: Trigger) -> None:
    done = follow(working, f"again flaky {trigger('again')} --try 1")
    assert done.code == 5
    assert re.findall(r"this is try (\d)", done.out) == ["1"]


def test_one_try_is_told_by_its_own_end_when_the_task_has_gone_on_since(
    working: Program, trigger: Trigger
) -> None:
    run = trigger("again")
    assert follow(working, f"again flaky {run}").code == 0
    first, second = (follow(working, f"again flaky {run} --try {number}") for number in (1, 2))
    assert (first.code, second.code) == (5, 0)
    assert first.err.splitlines()[-1].startswith("flaky: failed")
    assert re.findall(r"this is try (\d)", first.out + second.out) == ["1", "2"]


def test_over_the_time_that_it_is_deferred(working: Program, trigger: Trigger) -> None:
    done = follow(working, f"nap sleep {trigger('nap')}")
    assert done.code == 0
    assert "sleep: success, " in done.err
    assert done.out.count("INFO    awake") == 1
    assert done.out.count("Trigger fired event") == 1


def test_a_failure_is_exit_5(working: Program, trigger: Trigger) -> None:
    run = trigger("demo_fails")
    done = follow(working, f"demo_fails compute {run}")
    assert done.code == 5
    assert done.out.count("RuntimeError: the price of a row is not a number") == 1
    assert "compute: failed, " in done.err
    unreached = follow(working, f"demo_fails report {run}")
    assert (unreached.out, unreached.code) == ("", 5)
    assert "report: upstream_failed" in unreached.err


def test_what_is_skipped_is_fine(working: Program, trigger: Trigger) -> None:
    done = follow(working, f"shapes right.only {trigger('shapes')}")
    assert (done.out, done.code) == ("", 0)
    assert "right.only: skipped" in done.err


def test_a_mapped_instance_that_is_not_there_yet(working: Program, trigger: Trigger) -> None:
    done = follow(working, f"many read {trigger('many')} --map-index 3")
    assert done.code == 0
    assert done.out.count("reading west") == 1


def test_all_that_a_log_can_hold_is_harmless_and_whole(working: Program, trigger: Trigger) -> None:
    run = trigger("talk")
    done = follow(working, f"talk speak {run}")
    assert done.code == 0
    assert "the callback was here" in done.out or "Post Execute" in done.out  # a second after the state
    pipe = working("logs", "talk", "speak", run)
    assert "INFO    green \\x1b]0;a title\\x07" in pipe.out
    assert "\x1b" not in pipe.out
    assert re.search(r"INFO    100%$", pipe.out, re.MULTILINE)
    assert re.search(r"WARNING first\n    second\tline$", pipe.out, re.MULTILINE)
    assert re.search(r"▸ Mine \(1 line\)$", pipe.out, re.MULTILINE)
    terminal = working("logs", "talk", "speak", run, "--no-pager", terminal=True).out
    assert "\x1b[32mgreen\x1b[0m" in terminal
    assert "\x1b]" not in terminal
    assert "\x1b[8m" not in terminal
    assert "\x1b[2J" not in terminal
    raw = working("logs", "talk", "speak", run, "--raw").out
    assert "\x1b]0;a title\x07" in raw  # a file gets all of it


def test_it_asks_no_more_often_than_was_said(working: Program, trigger: Trigger) -> None:
    run = trigger("lines", lines=6, interval=0.5)
    began = time.monotonic()
    done = follow(working, f"lines count {run}", "--interval", "1", "--debug")
    took = time.monotonic() - began
    asked = [line for line in done.err.splitlines() if line.startswith("debug: GET ")]
    assert len(asked) <= took + 3  # the first at once, and the version


def test_nothing_is_read_twice(working: Program, trigger: Trigger) -> None:
    run = trigger("lines", lines=400, interval=0.005)
    done = follow(working, f"lines count {run}", "--debug", "-o", "jsonl")
    sizes = [int(size) for size in re.findall(r"/logs/1 -> 200, (\d+) bytes", done.err)]
    assert len(sizes) > 2
    assert sum(sizes) < 1.3 * len(done.out)


def test_ctrl_c_ends_the_looking_alone(working: Program, working_api: httpx.Client, trigger: Trigger) -> None:
    run = trigger("lines", lines=200, interval=0.2)
    with Screen(working, "tasks", "logs", "lines", "count", run, "-f") as screen:
        screen.until("line 2 at")
        screen.type(CTRL_C)
        assert screen.end() == 130
        told = " ".join(line.strip() for line in screen.lines)
    assert "no longer following; the task continues" in told
    assert f"airflowctl tasks logs lines count {run} -f" in told
    state = working_api.get(f"/dags/lines/dagRuns/{run}/taskInstances/count").json()["state"]
    assert state == "running"


def test_a_long_group_is_shown_to_who_follows(working: Program, trigger: Trigger) -> None:
    run = trigger("talk", lasts=20)
    with Screen(working, "tasks", "logs", "talk", "speak", run, "-f") as screen:
        screen.until("▾ Mine", "within")
        screen.type(CTRL_C)
        assert screen.end() == 130


# All of a run.


def test_the_tasks_of_a_run_are_told_in_the_order_of_time(working: Program, trigger: Trigger) -> None:
    run = trigger("many", fails=2)
    done = working("dagrun", "logs", "many", run, "--follow")
    assert done.code == 5
    assert sorted(re.findall(r"reading (\w+)", done.out)) == ["east", "north", "south", "west"]
    assert re.search(r" read\[2\] +\| INFO +reading south", done.out)
    assert done.out.count("RuntimeError: south is damaged") == 1
    assert "read[2]: failed, " in done.err
    assert f"{run}: failed" in done.err

    whole = working("dagrun", "logs", "many", run)
    assert (whole.err, whole.code) == ("", 0)
    times = re.findall(r"^(\S+Z) \S+ +\| (?:INFO|ERROR)", whole.out, re.MULTILINE)
    assert len(times) > 5
    failed = working("dagrun", "logs", "many", run, "--failed", "--raw").lines
    assert "reading south" in failed
    assert "reading north" not in failed
    some = working("dagrun", "logs", "many", run, "--task", "^fil", "-o", "json").json
    assert {event["task_id"] for event in some} == {"files"}
    none = working("dagrun", "logs", "many", run, "--task", "nosuch")
    assert (none.out, none.code) == ("", 0)
    assert "has a log yet" in none.err


def test_a_run_that_is_over_is_told_and_ends(working: Program, trigger: Trigger) -> None:
    run = trigger("again")
    working("dagrun", "wait", "again", run)
    done = working("dagrun", "logs", "again", run, "-f", "--grep", "this is")
    assert done.code == 0
    assert re.findall(r"this is try (\d)", done.out) == ["2"]
    assert done.err.endswith(f"{run}: success\n")
