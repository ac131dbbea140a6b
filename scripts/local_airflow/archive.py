"""scripts/zipapp: the program and the packages of the lock file in one file for Python 3.11 or newer."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import zipapp
from collections.abc import Sequence
from pathlib import Path

from . import places
from .processes import SetupError, run
from .progress import on_stderr

# Not `python -m zipapp --main`, whose file drops the exit code.
_MAIN = "import sys\n\nfrom airflowctl.__main__ import run\n\nsys.exit(run())\n"
_RUNTIME = places.REPO / "scripts" / "local_airflow" / "requirements-runtime.txt"


def main(argv: Sequence[str]) -> int:
    """Write the archive; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="scripts/zipapp",
        description="Write airflowctl, with the packages of the lock file, into one file. Python loads no"
        " compiled module from it: commands that need one say so.",
    )
    parser.add_argument("file", type=Path, help="what to write, as airflowctl.pyz")
    parser.add_argument(
        "--packages", type=Path, metavar="FOLDER", help="take the packages from here, not from an index"
    )
    options = parser.parse_args(argv)
    try:
        write_archive(options.file, options.packages)
    except SetupError as failure:
        on_stderr(f"zipapp: {failure}")
        return 1
    return 0


def write_archive(file: Path, packages: Path | None = None) -> None:
    """Write the program and its packages into a file. Raises SetupError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "content"
        if packages is None:
            pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
            run([*pip, "--require-hashes", "--target", folder, "-r", _RUNTIME], "installing the packages")
        else:
            shutil.copytree(
                packages, folder, ignore=shutil.ignore_patterns("__pycache__", "airflowctl*", "pip*")
            )
        for package in ("airflowctl", "completers"):
            shutil.rmtree(folder / package, ignore_errors=True)
            shutil.copytree(
                places.REPO / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
            )
        pages = folder / "airflowctl" / "docs"
        only_pages = shutil.ignore_patterns("decisions", "examples", "pictures")
        shutil.copytree(places.REPO / "docs", pages, ignore=only_pages)
        shutil.copy(places.REPO / "README.md", pages)
        (folder / "__main__.py").write_text(_MAIN, encoding="utf-8")
        zipapp.create_archive(folder, file, interpreter="/usr/bin/env python3", compressed=True)
