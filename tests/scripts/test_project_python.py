"""Scripts start with any interpreter: what they import besides is in the environment of the project."""

from __future__ import annotations

import subprocess
import sys

import pytest
from local_airflow import places


@pytest.mark.parametrize("name", ["check", "fuzz", "mutants", "signals", "soak", "test"])
def test_a_script_starts_with_an_interpreter_that_has_no_package(name: str) -> None:
    python = sys._base_executable  # type: ignore[attr-defined]  # the one that the environment was made from
    done = subprocess.run(
        [python, "-S", str(places.REPO / "scripts" / name), "--help"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage" in done.stdout
