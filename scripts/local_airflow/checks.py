"""scripts/check: what can be said about the code without running it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence

from . import places
from .install import project_venv
from .processes import SetupError
from .progress import on_stderr

_BIN = places.PROJECT_VENV / "bin"
_FIXES = (["ruff", "format", "."], ["ruff", "check", "--fix", "."])
_CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "rules": ["pytest", "tests/rules"],
}
_DOCS = places.REPO / "scripts" / "generate-docs"


def main(argv: Sequence[str]) -> int:
    """Run every check, also after one has failed; 1 if any of them failed."""
    parser = argparse.ArgumentParser(
        prog="scripts/check", description="Check format, lint, types and generated docs."
    )
    parser.add_argument("--fix", action="store_true", help="first let ruff fix what it can")
    options = parser.parse_args(argv)
    try:
        project_venv(dev=True, say=on_stderr)
    except SetupError as failure:
        on_stderr(f"check: {failure}")
        return 1
    if options.fix:
        for program, *arguments in _FIXES:
            subprocess.run([_BIN / program, *arguments], cwd=places.REPO, check=False)
    steps = {name: [str(_BIN / program), *arguments] for name, (program, *arguments) in _CHECKS.items()}
    steps["locks"] = [str(_BIN / "python"), str(places.REPO / "scripts" / "generate-locks"), "--check"]
    if _DOCS.exists():
        steps["docs"] = [str(_BIN / "python"), str(_DOCS), "--check"]
    passed = [_passes(name, command) for name, command in steps.items()]
    return 0 if all(passed) else 1


def _passes(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=places.REPO,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    verdict = "failed" if done.returncode else "ok"
    print(f"{name:<7} {verdict:<6} {time.monotonic() - began:5.1f} s", flush=True)
    if done.returncode:
        sys.stdout.write(done.stdout.decode(errors="replace"))
    return done.returncode == 0
