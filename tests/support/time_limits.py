"""Each test ends: one that takes longer than its limit fails by name, and the next one runs.

`@pytest.mark.time_limit(seconds)` gives a test another limit; setup may install and start an Airflow.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

import pytest

SETUP, CALL, TEARDOWN = 1200.0, 240.0, 240.0  # seconds; a busy machine may need most of them
_AGAIN = 5.0  # a fault that catches the first one is interrupted again
_PATIENCE = 60.0  # then the process ends, with the stacks of its threads; pytest-xdist names the test
_SHARED = 30.0  # seconds for which one watchdog serves: each is a thread, as costly as a short test


class _Watchdog:
    """Ends the process where an exception cannot: in code that never returns to Python."""

    _end = 0.0

    def watch(self, seconds: float) -> None:
        now = time.monotonic()
        least = now + seconds + _PATIENCE
        if not least <= self._end <= least + _SHARED:
            self._end = least + _SHARED
            faulthandler.dump_traceback_later(self._end - now, exit=True, file=sys.__stderr__)


_watchdog = _Watchdog()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "time_limit(seconds): how long the test itself may take")


def pytest_sessionfinish() -> None:
    faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    yield from _limited(item, SETUP)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    marker = item.get_closest_marker("time_limit")
    yield from _limited(item, marker.args[0] if marker else CALL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    yield from _limited(item, TEARDOWN)


def _limited(item: pytest.Item, seconds: float) -> Iterator[None]:
    # A long limit is watched in two steps: most setups that may last are short, and share the watchdog.
    steps = [CALL, seconds - CALL] if seconds > CALL else [seconds]

    def begin_step() -> None:
        step = steps.pop(0)
        signal.setitimer(signal.ITIMER_REAL, step, _AGAIN)
        _watchdog.watch(step)

    def interrupt(number: int, frame: FrameType | None) -> None:
        if steps:
            begin_step()
        else:  # no Exception, so that no handler for faults of the program takes it for one
            pytest.fail(f"{item.nodeid} takes longer than its limit of {seconds:g} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    begin_step()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
