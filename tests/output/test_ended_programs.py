"""A program that a line starts ends with the process that has started it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.output.redirects import start_shell_line


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
