"""The matrix of faults, thinned: the same cases each time. `scripts/faults` runs all of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.paths import ROOT

_EVERY = 250  # one case of so many


@pytest.mark.time_limit(300)
def test_no_command_believes_a_wrong_answer() -> None:
    # In a process of its own: one that has threads must not fork.
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--every", str(_EVERY)],
        capture_output=True, text=True, cwd=ROOT, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
