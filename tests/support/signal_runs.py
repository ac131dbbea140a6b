"""The program and a signal at some moment: what is wrong with how it ends. tests/robustness and
scripts/signals run these."""

from __future__ import annotations

import json
import os
import random
import re
import select
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from airflowctl import __version__
from tests.support.processes import start
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.stub import Reply, Request, Stub, lets_in, reply

RUN = {"dag_id": "d", "dag_run_id": "r", "state": "running", "task_id": "t", "map_index": -1, "try_number": 1}
LINES = {
    "one-shot": ("pools", "list", "-o", "json"),
    "table": ("dags", "list", "-o", "table"),
    "batch": ("-f", "BATCH"),
    "follow": ("logs", "d", "t", "r", "-f"),
    "wait": ("dagrun", "wait", "d", "r"),
    "watch": ("watch", "-n", "0.05", "pools", "list"),
    "shell": (),
}
LASTING = ("follow", "wait", "watch", "shell")
SIGNALS = ("INT", "TERM", "HUP", "PIPE", "TSTP", "WINCH")
# Of a run that is not ended by the signal: Python ignores SIGPIPE, and the other two end nothing.
PASSED = ("PIPE", "TSTP", "WINCH")
FAULTS = ("Traceback", "Exception ignored", "Unhandled", "fault in airflowctl", "Fatal Python")
LATEST = 0.25  # seconds after the start
_LONGEST = 20.0  # seconds


class Case(NamedTuple):
    """A run: what is run, the signal, and when it comes, in seconds after the start."""

    mode: str
    signal: str
    moment: float


def make_cases(number: int, seed: int = 1) -> list[Case]:
    """Return so many moments of each mode and signal; the same ones for a seed."""
    chance = random.Random(seed)
    moments = [(mode, name) for mode in LINES for name in SIGNALS for _ in range(number)]
    return [Case(mode, name, round(chance.uniform(0, LATEST), 3)) for mode, name in moments]


def answer(request: Request) -> Reply:
    """A server on which a run and its task go on for ever."""
    if "/logs/" in request.path:
        return reply({"content": [{"event": "a line"}], "continuation_token": "more"})
    lists = ("taskInstances", "dagRuns", "pools", "dags")
    last = request.path.rpartition("/")[2]
    if last in lists:
        name = {"taskInstances": "task_instances", "dagRuns": "dag_runs"}.get(last, last)
        return reply({name: [{**RUN, "name": "p"}], "total_entries": 1})
    if "/dagRuns/" in request.path:
        return reply(RUN)
    return reply({**RUN, "name": "p", "is_paused": False}) if "/dags/" in request.path else lets_in(request)


def find_faults(case: Case) -> list[str]:
    """Run a case; return what is wrong, in words."""
    with Stub(answer) as stub, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "batch").write_text("pools get p -o name\n" * 30)
        program = Program(
            {
                "HOME": folder,
                "AIRFLOWCTL_HOME": f"{folder}/own",
                "AIRFLOWCTL_URL": stub.url,
                "AIRFLOW_CLI_TOKEN": "t.o.k",
            }
        )
        faults = _shell(case, program) if case.mode == "shell" else _process(case, program, home)
        return faults + [f"left {file.name}" for file in home.rglob("*.new")]


def _pause(seconds: float) -> None:
    select.select([], [], [], seconds)


def _send(case: Case, process: int) -> None:
    """Send the signal, after which a stopped process continues."""
    with suppress(ProcessLookupError):  # it has ended by itself at that moment
        os.kill(process, getattr(signal, f"SIG{case.signal}"))
        if case.signal == "TSTP":
            _pause(0.05)
            os.kill(process, signal.SIGCONT)


def _process(case: Case, program: Program, home: Path) -> list[str]:
    line = [str(home / "batch") if word == "BATCH" else word for word in LINES[case.mode]]
    process = start(
        line,
        env=program.process_environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _pause(case.moment)
    if process.poll() is None:
        _send(case, process.pid)
    is_lasting = case.mode in LASTING and case.signal in PASSED
    if is_lasting:
        _pause(0.1)
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGINT)
    try:
        out, err = process.communicate(timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        return ["it does not end"]
    ended = "INT" if is_lasting else case.signal
    return _judge(case, ended, process.returncode, out, err)


def _judge(case: Case, ended: str, code: int, out: str, err: str) -> list[str]:
    number = getattr(signal, f"SIG{ended}").value
    faults = [f"{word} in its output" for word in FAULTS if word in out + err]
    codes = {128 + number, -number} if ended != "INT" else {130}
    if case.mode not in LASTING or ended in PASSED:
        codes.add(0)  # it was done before, or passed over it
    if code not in codes:
        faults.append(f"exit code {code}, not one of {sorted(codes)}: {err!r}")
    interrupts = [line for line in err.splitlines() if "interrupted" in line]
    if ended == "INT" and code == 130 and len(interrupts) != 1:
        faults.append(f"not one line of an interrupt: {err!r}")
    if case.mode == "one-shot" and out:
        try:
            json.loads(out)
        except ValueError:
            faults.append(f"half of the JSON: {out!r}")
    if case.mode == "one-shot" and code == 130 and "error" not in json.loads(err):
        faults.append(f"an error that is no JSON: {err!r}")
    return faults


def _shell(case: Case, program: Program) -> list[str]:
    """Return what is wrong with a shell at work: what does not end it leaves it usable."""
    with Screen(program) as screen:
        screen.prompt()
        screen.type("pools list\n")
        _pause(case.moment)
        _send(case, screen.pid)
        if case.signal in ("TERM", "HUP"):
            number = getattr(signal, f"SIG{case.signal}").value
            codes = {128 + number, -number}
        else:
            screen.type("\x15version\n")  # after what may still stand in the line
            screen.until(rf"^airflowctl {re.escape(__version__)}$")
            screen.prompt()
            screen.type("\x04")
            codes = {0}
        code = screen.end()
        faults = [] if code in codes else [f"exit code {code}, not one of {sorted(codes)}"]
        return faults + [f"{word} on the screen" for word in FAULTS if word in screen.raw]
