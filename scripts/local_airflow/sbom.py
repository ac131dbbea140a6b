"""scripts/sbom: what an installed airflowctl consists of, as CycloneDX JSON."""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import places
from .install import runtime_venv, tools_venv
from .processes import SetupError
from .progress import on_stderr


def main(argv: Sequence[str]) -> int:
    """Install the project as a user does, from its lock, and describe that."""
    parser = argparse.ArgumentParser(
        prog="scripts/sbom", description="Write a CycloneDX 1.6 JSON document of airflowctl and all it needs."
    )
    parser.add_argument("file", nargs="?", type=Path, help="instead of standard output")
    options = parser.parse_args(argv)
    try:
        tools, described = tools_venv(say=on_stderr), runtime_venv(say=on_stderr)
    except SetupError as failure:
        on_stderr(f"sbom: {failure}")
        return 1
    command = [
        str(tools / "bin" / "cyclonedx-py"), "environment",
        "--pyproject", str(places.REPO / "pyproject.toml"),
        "--output-format", "JSON", "--spec-version", "1.6", "--output-reproducible",
        "--output-file", str(options.file.absolute()) if options.file else "-",
        str(described / "bin" / "python"),
    ]  # fmt: skip
    return subprocess.run(command, env={**os.environ, "PYTHONUTF8": "1"}, check=False).returncode
