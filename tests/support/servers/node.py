"""Node.js and the packages its programs need, installed below `.local` on first use."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from local_airflow import places
from local_airflow.install import locked
from local_airflow.processes import SetupError, run

from tests.support.offline import is_offline

OLDEST = (18, 12)
HERE = Path(__file__).resolve().parent
_PATIENCE = {"npm_config_fetch_retries": "1", "npm_config_fetch_timeout": "60000"}
_MANIFESTS = ("package.json", "package-lock.json", ".npmrc")


def program() -> str:
    """The path of Node.js; skips the test where there is none that is new enough."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None or shutil.which("npm") is None:
        pytest.skip("not installed: node, npm (Debian: nodejs, npm)")
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{node} does not run: {done.stderr.strip()}")
    printed = done.stdout
    version = tuple(int(part) for part in printed.strip().lstrip("v").split(".")[:2])
    if version < OLDEST:
        pytest.skip(f"Node.js {printed.strip()} is too old: {'.'.join(map(str, OLDEST))} or newer is needed")
    return node


def installed() -> Path:
    """The folder of the programs beside this file, with their packages in it; skips the test where they
    cannot be had."""
    folder = places.LOCAL / "node"
    with locked(places.LOCAL / "node.lock"):
        if not _is_fresh(folder):
            if is_offline():
                pytest.skip("not installed: the npm packages of tests/support/servers (see --offline)")
            if problem := _problem_of_installing(folder):
                pytest.skip(f"npm cannot install the packages of tests/support/servers: {problem}")
        for source in HERE.glob("*.mjs"):
            shutil.copy(source, folder)
    return folder


@cache  # a registry that cannot be reached costs half a minute: one test waits for it
def _problem_of_installing(folder: Path) -> str:
    """The line of npm's output that names the cause; "" if the packages are there now."""
    try:
        _install(folder)
    except SetupError as failure:
        lines = str(failure).splitlines()
        return next((line.strip() for line in lines if " code " in line), lines[0])
    return ""


def _install(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _MANIFESTS:
        shutil.copy(HERE / name, folder)
    cache = {"npm_config_cache": str(places.LOCAL / "npm"), **_PATIENCE}
    run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder],
        "Installing the OpenID Connect server",
        environment={**cache, **os.environ},
    )
    (folder / "installed").touch()


def _is_fresh(folder: Path) -> bool:
    return (folder / "installed").exists() and all(
        (folder / name).exists() and (folder / name).read_bytes() == (HERE / name).read_bytes()
        for name in _MANIFESTS
    )
