"""A program that a line starts ends with the process that has started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airflowctl.output.program_tree import find_descendants
from airflowctl.output.redirects import start_shell_line, wait_for
from tests.support.waiting import until


@pytest.fixture(params=["SIGTERM", "SIGHUP"])
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """A signal that ends this process by an exception, as in the shell."""
    number = getattr(signal, request.param)
    before = signal.signal(number, lambda number, _: sys.exit(128 + number))
    yield number
    signal.signal(number, before)


def test_a_signal_that_comes_while_a_program_starts_ends_the_program(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)
            signal.raise_signal(number)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    with pytest.raises(SystemExit) as ended:
        start_shell_line("exec sleep 60", {})
    assert ended.value.code == 128 + number
    assert started[0].wait(10) == -signal.SIGTERM
    assert signal.getsignal(number) is not signal.SIG_DFL


def test_what_the_program_has_started_ends_with_it(number: int) -> None:
    """The shell of the line waits for a program of its own, and a pipe has several."""
    process = start_shell_line("sleep 61 | sleep 62; true", {})
    started = until(lambda: len(pids := find_descendants(process.pid)) >= 2 and pids, "two programs")
    assert isinstance(started, list)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), number))
    timer.start()
    with pytest.raises(SystemExit):
        wait_for(process)
    timer.join()
    until(lambda: not any(map(is_running, started)), "the end of all")


def is_running(pid: int) -> bool:
    try:
        return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
