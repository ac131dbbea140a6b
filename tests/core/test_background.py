"""Threads behind the prompt give way to keys."""

import threading
import time
from collections.abc import Iterator

import pytest

from airflowctl.core.background import background, give_way, hold_background, pace, release_background


@pytest.fixture(autouse=True)
def _release() -> Iterator[None]:
    yield
    release_background()


def _wait_elsewhere() -> float:
    """Return the seconds for which a thread behind the prompt had to wait."""
    waits: list[float] = []
    over = threading.Event()

    def work() -> None:
        began = time.monotonic()
        give_way()
        waits.append(time.monotonic() - began)

    background("test", work, over.set)
    assert over.wait(10)
    return waits[0]


def test_a_thread_waits_while_a_key_is_handled_but_not_for_long() -> None:
    hold_background()
    waited = _wait_elsewhere()
    assert waited > 0.02
    assert _wait_elsewhere() < waited  # that key is long over, though nothing has been drawn


def test_a_thread_goes_on_when_the_key_is_drawn() -> None:
    hold_background()
    release_background()
    assert _wait_elsewhere() < 0.02


def test_what_handles_the_key_never_waits() -> None:
    hold_background()
    began = time.monotonic()
    assert list(pace(range(1000))) == list(range(1000))
    assert time.monotonic() - began < 0.02
