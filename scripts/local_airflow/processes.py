"""Running other programs: their output is kept, and shown only when they fail."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_NOISE = ("WARNING: Location ",)
_KEPT_LINES = 40


class SetupError(Exception):
    """Something could not be installed or started; the message is for people."""


def run(
    argv: Sequence[str | Path],
    doing: str,
    *,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
) -> str:
    """Run a program to its end and return its stdout; a failure tells what it was doing and printed."""
    done = subprocess.run(
        argv,
        env=environment,
        input=stdin,
        capture_output=True,
        check=False,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        printed = last_lines(done.stdout + done.stderr)
        command = " ".join(map(str, argv))
        raise SetupError(f"{doing} failed (exit {done.returncode}):\n{printed}\nThe command was: {command}")
    return done.stdout


def last_lines(text: str, count: int = _KEPT_LINES) -> str:
    """The end of a program's output without the lines that never matter."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(_NOISE)]
    return "\n".join("  " + line for line in lines[-count:]) or "  (it printed nothing)"


def clean_environment() -> dict[str, str]:
    """This process's environment without what would change which Airflow or Python code runs."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AIRFLOW") and name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }
