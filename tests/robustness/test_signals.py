"""A signal at any moment: the exit code that it has, one line, nothing half and nothing left behind."""

from __future__ import annotations

import signal
import subprocess

import pytest

from airflowctl import named_format
from tests.support.processes import start_new
from tests.support.program import Program
from tests.support.signal_runs import SIGNALS, find_faults, make_cases
from tests.support.stub import Stub

CASES = make_cases(1)


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.time_limit(120)
def test_a_signal_at_any_moment(name: str) -> None:
    faults = {case: find_faults(case) for case in CASES if case.signal == name}
    assert not {case: found for case, found in faults.items() if found}


def test_a_watch_ends_by_one_line(online: Program, stub: Stub) -> None:
    ended: list[int] = []

    def answer(request: object) -> object:
        if len(stub.requests) == 3:
            running.send_signal(signal.SIGINT)
            ended.append(1)
        return before(request)  # type: ignore[arg-type]

    before, stub.answer = stub.answer, answer  # type: ignore[assignment]
    running = start_new(
        ["watch", "-n", "0.05", "pools", "get", "p"],
        env=online.process_environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, err = running.communicate(timeout=60)
    assert (err, running.returncode) == ("error: interrupted\n", 130)
    assert ended


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["-o", "json"], "json"),
        (["-o", "json", "pools", "list"], "json"),
        (["pools", "-ojson"], "json"),
        (["--output=jsonl", "pools"], "jsonl"),
        (["--output", "table"], "table"),
        (["pools", "list", "-o"], ""),
        (["--outputs"], ""),
        ([], ""),
    ],
)
def test_the_format_of_a_line_that_is_not_parsed(words: list[str], name: str) -> None:
    assert named_format(words) == name
