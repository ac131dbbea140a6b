"""The interpreter of the project's own environment, for scripts that import what only that has."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .install import project_venv
from .progress import on_stderr


def run_in_project_venv() -> None:
    """Begin this script again with the interpreter of `.venv`, unless that runs it already."""
    venv = project_venv(dev=True, say=on_stderr)
    if Path(sys.prefix).resolve() != venv.resolve():
        python = str(venv / "bin" / "python")
        os.execv(python, [python, *sys.argv])
