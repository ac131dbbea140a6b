"""scripts/test: pytest in the project's venv, with an Airflow to test against."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from . import places
from .install import airflow_venv, project_venv
from .processes import SetupError
from .progress import on_stderr

_ALONE = "--failed-alone"
_HELP = f"""usage: scripts/test [--offline | --airflow VERSION] [{_ALONE}] [pytest's arguments]

Install what is missing and run the tests. With --offline, leave out those that need an Airflow: once .venv
is made nothing is installed, and a test that opens a socket to another machine fails. With --airflow, run
those of one version: of an older one a reduced pass over every command that reads. With {_ALONE}, run
those that failed last, one after the other."""


def main(argv: Sequence[str]) -> int:
    """Become pytest, whose exit code is then this program's."""
    if argv and argv[0] in {"-h", "--help"}:
        print(_HELP)
        return 0
    offline = "--offline" in argv
    arguments = [argument for argument in argv if argument not in {"--offline", _ALONE}]
    version = _version(arguments)
    if version not in places.versions() or (offline and "--airflow" in arguments):
        on_stderr(f"test: --airflow takes one of {', '.join(places.versions())}, and not with --offline")
        return 2
    try:
        venv = project_venv(dev=True, say=on_stderr)
        if not offline:
            airflow_venv(version, say=on_stderr)
    except SetupError as failure:
        on_stderr(f"test: {failure}")
        return 1
    # Offline one more than there are processors: a quarter of its time are waits.
    # With Airflows two: in one process are the tests of those that run tasks, in the other all others.
    parallel = (
        ["--offline", "-n", str((os.cpu_count() or 1) + 1)] if offline else ["-n", "2", "--dist", "loadgroup"]
    )
    if _ALONE in argv:
        arguments += ["-n", "0", *failed_last(places.REPO)]
    return _become_pytest(venv, [*parallel, *arguments])


def failed_last(folder: Path) -> list[str]:
    """Return the tests that failed in the last run of pytest in a folder, as it takes them for arguments.
    Its own --last-failed does not know those of a group again: their names then end with @GROUP."""
    names = json.loads((folder / ".pytest_cache/v/cache/lastfailed").read_text(encoding="utf-8"))
    return [re.sub(r"@\w+$", "", name) for name in names]


def _version(arguments: Sequence[str]) -> str:
    """The Airflow that is needed before any test runs; pytest reads the option itself."""
    if "--airflow" not in arguments:
        return places.DEFAULT_VERSION
    place = arguments.index("--airflow")
    return next(iter(arguments[place + 1 : place + 2]), "")


def _become_pytest(venv: Path, arguments: list[str]) -> NoReturn:
    os.chdir(places.REPO)
    os.execv(venv / "bin" / "pytest", ["pytest", *arguments])
