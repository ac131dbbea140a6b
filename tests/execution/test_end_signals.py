"""SIGTERM and SIGHUP end a batch as Ctrl-C does, and are as before after it."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from airflowctl.core.errors import INTERRUPTED
from airflowctl.execution.end_signals import EndSignals

NUMBERS = (signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_interrupts_and_is_named_by_the_exit_code(number: int) -> None:
    signals = EndSignals()
    with pytest.raises(KeyboardInterrupt), signals:
        os.kill(os.getpid(), number)
    assert signals.exit_code(INTERRUPTED) == 128 + number
    assert signals.exit_code(0) == 0


def test_handlers_are_as_before_afterwards() -> None:
    hook = sys.unraisablehook
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with EndSignals() as signals:
            assert signal.getsignal(signal.SIGTERM) == signals._raise
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN  # nohup means it
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert sys.unraisablehook is hook
    assert signals.exit_code(INTERRUPTED) == INTERRUPTED
