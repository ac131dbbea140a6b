"""What the shell does beside its lines: it redraws, waits for other processes, and passes faults on."""

from __future__ import annotations

import asyncio
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from prompt_toolkit.application import Application
from prompt_toolkit.output import DummyOutput

from airflowctl.core.options import SHELL, Options
from airflowctl.main import new_session
from airflowctl.session import registry
from airflowctl.shell.signals import Signals
from airflowctl.shell.toolbar import Toolbar
from airflowctl.storage.secrets import lock
from tests.support.name_server import Asker, Server
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import streams
from tests.support.stub import Stub
from tests.support.stub_deployment import Toy


def test_a_fault_that_nothing_can_catch_is_still_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the end by a signal is held back; everything else is Python's to print."""
    passed: list[Any] = []
    monkeypatch.setattr(sys, "__unraisablehook__", passed.append)
    signals = Signals(Application(output=DummyOutput()))
    faults = [SimpleNamespace(exc_value=value) for value in (ValueError("x"), SystemExit(1), None)]
    for fault in faults:
        signals._defer_exit(fault)
    assert passed == faults


def test_the_toolbar_is_drawn_again_each_time_it_was_looked_at(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    toolbar = Toolbar(new_session(streams(program), Options(), SHELL), lambda: drawn.append(1))
    monkeypatch.setattr(toolbar, "_pause", lambda: 0.0)
    monkeypatch.setattr(toolbar, "refresh", lambda: None)

    async def look() -> None:
        task = asyncio.ensure_future(toolbar.keep_fresh())
        for _ in range(50):
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(look())
    assert len(drawn) > 5


def test_a_process_that_waits_for_a_lock_rests_between_two_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, rests = [True, True, True, False], []
    monkeypatch.setattr(lock, "is_taken", lambda file: answers.pop(0))
    monkeypatch.setattr(lock.time, "sleep", rests.append)
    lock._lock(0)
    assert rests == [lock._PAUSE] * 3
    assert lock._PAUSE > 0


def test_a_lock_that_is_held_for_ever_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(lock, "is_taken", lambda file: True)
    monkeypatch.setattr(
        lock,
        "time",
        SimpleNamespace(monotonic=lambda: now[0], sleep=lambda pause: now.append(now.pop() + pause)),
    )
    began = time.monotonic()
    lock._lock(0)
    assert lock._LONGEST <= now[0] < lock._LONGEST + 1
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("rows", [24, 50])
def test_a_form_says_which_keys_it_has(online: Program, rows: int) -> None:
    with Stub(Toy()) as stub:
        own = online.with_environ(AIRFLOWCTL_URL=stub.url)
        with Screen(own, "dags", "trigger", "etl", "--form", rows=rows) as screen:
            screen.until("^> table +orders", "Enter", "Esc")


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250])
def test_the_last_page_of_names_is_offered(count: int) -> None:
    server = Server([f"k{number:03}" for number in range(count)])
    asker = Asker(server)
    assert asker.settled() == server.keys
    assert asker.settled("k") == server.keys


def test_of_too_many_names_the_first_ones_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the page with which there are too many."""
    few = registry.kinds()["variable"]._replace(most=150)
    monkeypatch.setitem(registry.kinds(), "variable", few)
    server = Server([f"k{number:03}" for number in range(450)])
    asker = Asker(server)
    asker()
    server.until(lambda: len(asker.texts()) == 200)
    assert asker.texts() == server.keys[:200]
    assert len(server.asked()) == 2
