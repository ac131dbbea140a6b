"""Threads behind the prompt give way to keys."""

import threading
import time
from collections.abc import Iterator

import pytest

import airflowctl.core.background as module
from airflowctl.core.background import (
    background,
    give_way,
    hold_background,
    pace,
    release_background,
    wait_for_typing,
)


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


class Clock:
    """Seconds that go by only where a thread sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_lines_wait_while_a_user_types_and_get_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    wait_for_typing(waits=True)
    try:
        hold_background()
        release_background()
        give_way()
        assert clock.now == pytest.approx(100.1, abs=0.03)  # the gap after the key
        turns = []
        clock.now = 200.0
        for _ in range(300):  # keys without a gap, 12 s of them
            hold_background()
            release_background()
            if clock.now - module._keys.began >= 4.0:
                turns.append(clock.now)
                before = clock.now
                give_way()
                assert clock.now == before
            clock.now += 0.04
        assert 2 <= len(turns) <= 6
    finally:
        wait_for_typing(waits=False)
        clock.now += 10
        release_background()
