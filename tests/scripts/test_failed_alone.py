"""What failed beside others is run again alone, those of a group of tests too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from local_airflow.testing import failed_last

_TESTS = """
import os
import pytest

@pytest.mark.parametrize("text", ["a b", "c::d", "e@f", "passes"])
@pytest.mark.xdist_group("tasks")
def test_in_a_group(text):
    assert text == "passes" or "MENDED" in os.environ

def test_in_none():
    assert "MENDED" in os.environ
"""


def run_pytest(folder: Path, *arguments: str, **environment: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    return done.stdout.splitlines()[-1]


def test_all_that_failed_in_two_processes_runs_in_one(tmp_path: Path) -> None:
    (tmp_path / "test_two.py").write_text(_TESTS, encoding="utf-8")
    assert run_pytest(tmp_path, "-n", "2", "--dist", "loadgroup").startswith("4 failed, 1 passed")
    failed = failed_last(tmp_path)
    assert len(failed) == 4
    assert run_pytest(tmp_path, "-n", "0", *failed, MENDED="1").startswith("4 passed")
