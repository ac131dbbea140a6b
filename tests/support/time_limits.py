"""Each test ends: one that takes longer than its limit fails by name, and the next one runs.

`@pytest.mark.time_limit(seconds)` gives a test another limit; setup may install and start an Airflow.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
from collections.abc import Iterator
from types import FrameType

import pytest

SETUP, CALL, TEARDOWN = 1200.0, 240.0, 240.0  # seconds; a busy machine may need most of them
_AGAIN = 5.0  # a fault that catches the first one is interrupted again
_PATIENCE = 60.0  # then the process ends, with the stacks of its threads; pytest-xdist names the test


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "time_limit(seconds): how long the test itself may take")


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
    def interrupt(number: int, frame: FrameType | None) -> None:
        # No Exception, so that no handler for faults of the program takes it for one.
        pytest.fail(f"{item.nodeid} takes longer than its limit of {seconds:g} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    faulthandler.dump_traceback_later(seconds + _PATIENCE, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, before)
