"""The lock files: exact versions, with hashes, of all that scripts/ installs. See scripts/generate-locks."""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from . import places
from .install import pins, tools_venv
from .processes import SetupError, run
from .progress import on_stderr

_HEAD = "# Made by scripts/generate-locks from pyproject.toml, sha256 of what it names: "
# What builds the project in its own venv, without a second one that pip would fill unchecked.
_BUILD = ("hatchling", "editables")
_TOOLS = ("cyclonedx-bom", "uv")
_SITE = ("mkdocs-material",)
_COMPILE = ("--generate-hashes", "--no-header", "--no-annotate", "--python-version", "3.11", "--quiet")


def main(argv: Sequence[str]) -> int:
    """Make the lock files anew, or look offline whether they are as pyproject.toml wants them."""
    parser = argparse.ArgumentParser(prog="scripts/generate-locks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if one is out of date")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that are allowed")
    options = parser.parse_args(argv)
    if options.check:
        return _report(_problems())
    try:
        _generate(options.upgrade)
    except SetupError as failure:
        on_stderr(f"generate-locks: {failure}")
        return 1
    return 0


def _generate(upgrade: bool) -> None:
    uv = tools_venv(say=on_stderr) / "bin" / "uv"
    more = ["--universal", *(["--upgrade"] if upgrade else [])]
    project = str(places.REPO / "pyproject.toml")
    _compile(uv, places.RUNTIME_LOCK, [project], (), more)
    _compile(uv, places.DEV_LOCK, [project, "--extra", "dev"], (), more)
    _compile(uv, places.BUILD_LOCK, [], _BUILD, more)
    _compile(uv, places.PIP_LOCK, [], ("pip",), more)
    _compile(uv, places.TOOLS_LOCK, [], _TOOLS, more)
    _compile(uv, places.SITE_LOCK, [], _SITE, more)
    for file in sorted(places.PACKAGE.glob("requirements-3.*.txt")):  # their versions are chosen by hand
        _compile(uv, file, [], pins(file), ["--no-deps"])
    for file in (places.RUNTIME_LOCK, places.DEV_LOCK):
        file.write_text(f"{_HEAD}{_digest()}\n{file.read_text()}")


def _compile(uv: Path, lock: Path, sources: list[str], names: Sequence[str], more: list[str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".in") as wanted:
        wanted.write("".join(f"{name}\n" for name in names))
        wanted.flush()
        command = [str(uv), "pip", "compile", *_COMPILE, *more, *sources, wanted.name, "-o", str(lock)]
        run(command, f"Making {lock.name}", environment=dict(os.environ))


def _problems() -> list[str]:
    locks = [*places.LOCKS, places.SITE_LOCK, *sorted(places.PACKAGE.glob("requirements-3.*.txt"))]
    found = [f"{lock.name}: {name} has no hash" for lock in locks for name in _without_hash(lock)]
    for lock in (places.RUNTIME_LOCK, places.DEV_LOCK):
        if not lock.read_text().startswith(f"{_HEAD}{_digest()}\n"):
            found.append(f"{lock.name} is older than what pyproject.toml names")
    return found


def _without_hash(lock: Path) -> list[str]:
    entries = lock.read_text().replace("\\\n", " ").splitlines()
    wanted = (entry for entry in entries if entry.strip() and not entry.startswith("#"))
    return [entry.split()[0] for entry in wanted if " --hash=sha256:" not in entry or "==" not in entry]


def _digest() -> str:
    """Of all that decides what a lock of the project holds."""
    table = tomllib.loads((places.REPO / "pyproject.toml").read_text())
    project = table["project"]
    named = (project["dependencies"], project["optional-dependencies"], project["requires-python"], _BUILD)
    return hashlib.sha256(repr(named).encode()).hexdigest()


def _report(problems: list[str]) -> int:
    for problem in problems:
        on_stderr(f"{problem}: run scripts/generate-locks")
    return 1 if problems else 0
