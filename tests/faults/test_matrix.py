"""The matrix of faults, thinned: the same cases each time. `scripts/faults` runs all of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.offline import is_offline
from tests.support.paths import ROOT

_EVERY, _EVERY_OFFLINE = 250, 1000  # one case of so many; fewer where a developer waits


@pytest.mark.time_limit(300)
def test_no_command_believes_a_wrong_answer() -> None:
    every = _EVERY_OFFLINE if is_offline() else _EVERY
    # In a process of its own: one that has threads must not fork.
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--every", str(every)],
        capture_output=True, text=True, cwd=ROOT, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
