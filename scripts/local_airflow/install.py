"""The two virtual environments: Airflow's own, and the project's."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import places
from .processes import SetupError, run
from .progress import Say, quiet, timed


def airflow_venv(version: str = places.DEFAULT_VERSION, say: Say = quiet) -> Path:
    """Airflow `version` in a venv of its own, installed on first use; returns the venv's folder. One with
    more packages (`3.3.2-edge`) begins as a copy of the one without."""
    requirements = places.requirements(version)
    if not requirements.is_file():
        raise SetupError(f"There is no {requirements.name}, so Airflow {version} can't be installed here.")
    venv = places.installation(version) / "venv"
    key = _key(venv, "".join(f"{pin}\n" for pin in pins(requirements)).encode())
    with locked(venv.with_name("install.lock")):
        if _stamp(venv).get("key") != key:
            with timed(say, f"Installing Airflow {version} (first time only)"):
                bare = version.partition("-")[0]
                if bare != version and _names(places.requirements(bare)) <= _names(requirements):
                    _copy(airflow_venv(bare, say), venv)
                else:
                    _create(venv)
                _install_lock(venv, requirements)
                _write_stamp(venv, key=key)
    return venv


def project_venv(*, dev: bool, say: Say = quiet) -> Path:
    """The project, editable, in `.venv`; with `dev` also what its tests and checks need."""
    venv = places.PROJECT_VENV
    sources = (places.REPO / "pyproject.toml", *places.LOCKS, Path(__file__))
    key = _key(venv, *(source.read_bytes() for source in sources))
    with locked(places.LOCAL / "project-venv.lock"):
        stamp = _stamp(venv)
        if stamp.get("key") != key or (dev and not stamp.get("dev")):
            dev = dev or bool(stamp.get("dev"))
            with timed(say, f"Installing airflowctl{' and its development tools' * dev} into .venv"):
                _create(venv)
                _renew_pip(venv)
                _install_lock(venv, places.BUILD_LOCK)
                _install_lock(venv, places.DEV_LOCK if dev else places.RUNTIME_LOCK)
                _pip(venv, "--no-deps", "--no-build-isolation", "--editable", str(places.REPO))
                _write_stamp(venv, key=key, dev=dev)
    return venv


def runtime_venv(*, say: Say = quiet) -> Path:
    """What a user installs beside the project itself, from the lock; always as it is now."""
    venv = places.LOCAL / "runtime-venv"
    with locked(venv.with_suffix(".lock")), timed(say, "Installing airflowctl as a user does"):
        _create(venv)
        _install_lock(venv, places.RUNTIME_LOCK)
        own: list[str | Path] = [venv / "bin" / "python", "-m", "pip", "uninstall", "-qq", "-y"]
        run([*own, "setuptools", "pip"], f"Removing what a user does not need from {venv}")
    return venv


def tools_venv(*, say: Say = quiet) -> Path:
    """Programs for those who release: they make the lock files and the bill of materials."""
    venv = places.LOCAL / "tools-venv"
    key = _key(venv, places.TOOLS_LOCK.read_bytes())
    with locked(venv.with_suffix(".lock")):
        if _stamp(venv).get("key") != key:
            with timed(say, "Installing uv and cyclonedx-bom"):
                _create(venv)
                _install_lock(venv, places.TOOLS_LOCK)
                _write_stamp(venv, key=key)
    return venv


def pins(requirements: Path) -> list[str]:
    """Its lines without the hashes: NAME==VERSION each. A new hash of a version is no reason to install."""
    lines = (line.strip().removesuffix("\\").strip() for line in requirements.read_text().splitlines())
    return [line for line in lines if line and not line.startswith(("#", "--hash"))]


def _names(requirements: Path) -> set[str]:
    return {line.partition("==")[0] for line in pins(requirements)}


def is_first_time(version: str = places.DEFAULT_VERSION) -> bool:
    """Whether one of the two venvs is still to be made, which takes a while."""
    venvs = (places.PROJECT_VENV, places.installation(version) / "venv")
    return not all(_stamp(venv) for venv in venvs)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock between processes; it ends with the process that holds it, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _key(venv: Path, *sources: bytes) -> str:
    # A venv knows its own path and its Python's, so a moved checkout or another Python needs a new one.
    made_of = (hashlib.sha256(source).hexdigest() for source in sources)
    parts = (str(venv), sys.version, sys.base_prefix, *made_of)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _create(venv: Path) -> None:
    # Always from scratch: what an interrupted or an older installation left behind is not worth knowing.
    shutil.rmtree(venv, ignore_errors=True)
    run([sys.executable, "-m", "venv", venv], f"Creating {venv}")


def _copy(source: Path, venv: Path) -> None:
    """Make a venv with the packages of another one: pip leaves those that a lock wants as they are."""
    shutil.rmtree(venv, ignore_errors=True)
    shutil.copytree(source, venv, symlinks=True)
    (venv / "installed.json").unlink()
    for program in (venv / "bin").iterdir():
        if program.is_file() and not program.is_symlink():  # its first line names the Python of its venv
            text = program.read_bytes()
            program.write_bytes(text.replace(os.fsencode(source), os.fsencode(venv)))


def _renew_pip(venv: Path) -> None:
    # The program that an old pip writes into bin/ imports re at each start, which today's does not. Where
    # there is no newer one to be had, the old one does.
    with suppress(SetupError):
        lock = str(places.PIP_LOCK)
        _pip(venv, "--require-hashes", "--retries", "1", "--timeout", "15", "-r", lock)


def _install_lock(venv: Path, lock: Path) -> None:
    """Nothing but what the lock names, and each file of it only with a hash that stands there."""
    _pip(venv, "--no-deps", "--require-hashes", "-r", str(lock))


def _pip(venv: Path, *what: str) -> None:
    # Variables, for the pip that builds the project in an environment of its own hears no options.
    inside = {"PIP_CACHE_DIR": str(places.LOCAL / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command: list[str | Path] = [venv / "bin" / "python", "-m", "pip", "install", "-qq", "--no-input", *what]
    run(command, f"Installing into {venv}", environment={**os.environ, **inside})


def _stamp(venv: Path) -> dict[str, object]:
    try:
        stamp: dict[str, object] = json.loads((venv / "installed.json").read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _write_stamp(venv: Path, **stamp: object) -> None:
    (venv / "installed.json").write_text(json.dumps(stamp))
