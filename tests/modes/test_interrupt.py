"""Ctrl-C at any moment is 130 and the same line, also while modules load, and leaves nothing behind."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.processes import start
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until

INTERRUPTED = "error: interrupted"

# Runs `python -m airflowctl` and counts the steps of loading modules: when one is looked for, and when its
# code begins. At each of the given steps a fork of it sends itself SIGINT, or the signal in SENT, and runs on
# with its output in files named by the step; so what comes before is loaded once. It ends after the
# last of them, or prints how many there are where none is given. Without a folder it gets the signal itself.
LOADING = """
import os, runpy, sys
points, folder, steps = [int(text) for text in sys.argv[1].split(",") if text], sys.argv[2], 0
sys.argv = ["-m", *sys.argv[3:]]

def count(event, args):
    global steps
    if event in ("import", "exec") and hasattr(sys.modules.get("airflowctl"), "__version__"):
        steps += 1
        if points and steps == points[0]:
            interrupt()

def interrupt():
    number = points.pop(0)
    child = os.fork() if folder else 0
    if not child:
        points.clear()
        for stream in (1, 2) if folder else ():
            os.dup2(os.open(f"{folder}/{number}.{stream}", os.O_WRONLY | os.O_CREAT), stream)
        os.kill(os.getpid(), int(os.environ.get("SENT", "2")))
        return
    _, status = os.waitpid(child, 0)
    with open(f"{folder}/{number}.code", "w") as file:
        file.write(str(os.waitstatus_to_exitcode(status)))
    if not points:
        os._exit(0)

sys.addaudithook(count)
is_counted = not points
try:
    runpy.run_module("airflowctl", run_name="__main__", alter_sys=True)
finally:
    if is_counted:
        os.write(2, b"steps: %d" % steps)
"""


def load(program: Program, *line: str) -> Done:
    """Run a line uninterrupted; its stderr ends with the number of steps."""
    command = [sys.executable, "-c", LOADING, "", "", *line]
    done = subprocess.run(
        command, env=program.process_environ, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    return Done(done.stdout, done.stderr, done.returncode)


def interrupt_at(
    program: Program, points: Iterable[int], folder: Path, *line: str, before: str = "", **environ: str
) -> dict[int, Done]:
    """Run a line that gets a signal at each of these steps; return what each left behind. `before` is a line
    of bash for the process that starts it."""
    steps = list(points)
    (folder / "ends").mkdir(exist_ok=True)
    numbers = ",".join(map(str, steps))
    command = [sys.executable, "-c", LOADING, numbers, folder / "ends", *line]
    done = subprocess.run(
        ["bash", "-c", f'{before}\nexec "$@"', "bash", *command],
        env={**program.process_environ, **environ}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=200, check=False,
    )  # fmt: skip
    assert (done.stderr, done.returncode) == ("", 0)

    def read(step: int, what: str) -> str:
        return (folder / "ends" / f"{step}.{what}").read_text()

    return {step: Done(read(step, "1"), read(step, "2"), int(read(step, "code"))) for step in steps}


@pytest.mark.parametrize("line", [("pools", "get", "p", "-o", "table"), ("--help",)], ids=" ".join)
@pytest.mark.time_limit(300)
def test_while_modules_load(online: Program, tmp_path: Path, line: tuple[str, ...]) -> None:
    whole = load(online, *line)
    steps = int(whole.err.removeprefix("steps: "))
    assert steps > 50
    points = range(1, steps, steps // 8 if line == ("--help",) else steps // 24)
    for step, done in interrupt_at(online, points, tmp_path, *line).items():
        assert (done.err, done.code) in ((f"{INTERRUPTED}\n", 130), ("", 0)), f"step {step} of {steps}"
        # The code 0 is for a signal so late that all was written.
        assert done.out in ("", whole.out) and (done.code == 130 or done.out == whole.out)


def test_a_process_of_its_own_ends_the_same(online: Program) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADING, "40", "", "pools", "get", "p", "-o", "name"],
        env=online.process_environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("", f"{INTERRUPTED}\n", 130)


def test_a_caller_that_ignores_it_is_obeyed(online: Program) -> None:
    done = subprocess.run(
        ["bash", "-c", f"trap '' INT; '{sys.executable}' -c \"$0\" 40 '' pools get p -o name", LOADING],
        env=online.process_environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("p\n", "", 0)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.time_limit(300)
def test_a_batch_whose_caller_ignores_it_ends_by_the_others(
    online: Program, tmp_path: Path, name: str
) -> None:
    number = int(getattr(signal, name))
    file = tmp_path / "batch"
    file.write_text("pools get p -o name\n")
    steps = int(load(online, "-f", str(file)).err.rpartition("steps: ")[2])
    file.write_text("pools get p -o name\nsleep 60\n")  # which no lost signal ends
    points = range(steps // 3, steps, steps // 16)
    ends = interrupt_at(online, points, tmp_path, "-f", str(file), before="trap '' INT", SENT=str(number))
    for step, done in ends.items():
        # A negative code is for the time before the batch begins.
        assert done.code in (128 + number, -number), f"step {step} of {steps}: {done.err}"
        assert "Traceback" not in done.err and "ignored" not in done.err


# The signal comes when a lock of httpx' pool of connections has just been taken.
LOCKED = """
import functools, signal, sys, time
from types import SimpleNamespace
sys.argv = ["airflowctl"]
import airflowctl
from httpcore._synchronization import ThreadLock

airflowctl.begin_catching()
steps, lock = [], ThreadLock()
# Callables of C, during which no handler runs: it runs in the function of the lock that calls them.
lock._lock = SimpleNamespace(
    acquire=functools.partial(signal.raise_signal, signal.SIGINT),
    release=functools.partial(steps.append, "released"),
)
try:
    with lock:
        steps.append("in")
        time.sleep(20)
except KeyboardInterrupt:
    print(steps)
"""


def test_a_lock_that_was_just_taken_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", LOCKED], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("['in', 'released']\n", "")


def test_an_import_of_the_package_changes_no_handler() -> None:
    code = "import signal, airflowctl; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "True\n"


# The same line, whatever runs; the hint says what continues.

RUN = {"dag_id": "etl", "dag_run_id": "r1", "state": "running"}
TASK = {"task_id": "load", "dag_id": "etl", "dag_run_id": "r1", "map_index": -1, "try_number": 1}


def follows(request: Request) -> Reply:
    if "/logs/" in request.path:
        return reply({"content": [{"event": "line 1"}], "continuation_token": "more"})
    if request.path.endswith("/taskInstances"):
        return reply({"task_instances": [{**TASK, "state": "running"}], "total_entries": 1})
    if "/taskInstances/" in request.path:
        return reply({**TASK, "state": "running"})
    if request.path.endswith("/dags/etl"):
        return reply({"dag_id": "etl", "is_paused": False})
    if "/dagRuns" in request.path:
        return reply(RUN)
    return lets_in(request)


LASTING = {
    "tasks logs etl load r1 -f": "no longer following; the task continues; look again with:",
    "dagrun logs etl r1 -f": "no longer following; the run continues; look again with:",
    "dagrun wait etl r1": "no longer waiting; the run continues; look again with:",
    "dags trigger etl --wait": "no longer waiting; the run continues; look again with:",
}


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("line", LASTING)
def test_what_lasts_ends_by_the_same_line(online: Program, stub: Stub, line: str, output: str) -> None:
    stub.answer = follows
    running = start(
        [*line.split(), *(("-o", "json") if output == "json" else ())],
        env=online.process_environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: len(stub.requests) > 3, "a line that asks again and again")
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    said = [text for text in err.splitlines() if not text.startswith("waiting for")]
    if output == "json":
        error = json.loads(said[-1])["error"]
        said = [f"error: {error['message']}", f"  {error['hint']}"]
    assert said[0] == INTERRUPTED
    assert said[1].startswith(f"  {LASTING[line]}")
    assert len(said) == 2


def test_a_change_that_was_sent_is_in_doubt(online: Program, stub: Stub) -> None:
    def answer(request: Request) -> Reply:
        if request.method != "GET":
            running.send_signal(signal.SIGINT)
            until(lambda: running.poll() is not None, "an end")
        return lets_in(request)

    stub.answer = answer
    running = start(
        ["dags", "pause", "p"],
        env=online.process_environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert re.fullmatch(
        r"error: interrupted\n  PATCH \S+ was sent: it may have been done all the same: .*\n", err
    )
