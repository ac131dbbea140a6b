"""Node.js and the packages its programs need, installed below `.local` on first use."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from local_airflow import places
from local_airflow.install import locked
from local_airflow.processes import run

OLDEST = (18, 12)
HERE = Path(__file__).resolve().parent
_MANIFESTS = ("package.json", "package-lock.json", ".npmrc")


def program() -> str:
    """The path of Node.js; skips the test where there is none that is new enough."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None or shutil.which("npm") is None:
        pytest.skip("not installed: node, npm (Debian: nodejs, npm)")
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in printed.strip().lstrip("v").split(".")[:2])
    if version < OLDEST:
        pytest.skip(f"Node.js {printed.strip()} is too old: {'.'.join(map(str, OLDEST))} or newer is needed")
    return node


def installed() -> Path:
    """The folder of the programs beside this file, with their packages in it."""
    folder = places.LOCAL / "node"
    with locked(places.LOCAL / "node.lock"):
        if not _is_fresh(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for name in _MANIFESTS:
                shutil.copy(HERE / name, folder)
            cache = {"npm_config_cache": str(places.LOCAL / "npm")}
            run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder],
                "Installing the OpenID Connect server",
                environment={**os.environ, **cache},
            )
            (folder / "installed").touch()
        for source in HERE.glob("*.mjs"):
            shutil.copy(source, folder)
    return folder


def _is_fresh(folder: Path) -> bool:
    return (folder / "installed").exists() and all(
        (folder / name).exists() and (folder / name).read_bytes() == (HERE / name).read_bytes()
        for name in _MANIFESTS
    )
