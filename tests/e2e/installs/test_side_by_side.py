"""Installed beside the other programs called `airflowctl`: what is left of this one says what is wrong."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.offline import is_offline
from tests.support.paths import ROOT, SAMPLES
from tests.support.program import Done

OTHERS = ("apache-airflow-ctl", "airflowctl")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")


def run(argv: list[str], folder: Path | None = None, **environ: str) -> Done:
    done = subprocess.run(
        argv, cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **environ},
    )  # fmt: skip
    return Done(done.stdout, done.stderr, done.returncode)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our own wheel and those of the others."""
    if is_offline():
        pytest.skip("not installed: the wheels of the other programs called airflowctl (see --offline)")
    folder = tmp_path_factory.mktemp("wheels")
    own = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], ROOT)
    assert own.code == 0, own
    download = [*PIP, "download", "-q", "--no-deps", "--require-hashes", "--retries", "1", "-d", str(folder)]
    done = subprocess.run(
        [*download, "-r", str(SAMPLES / "other_programs.txt")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("no package index here has apache-airflow-ctl 0.1.5 and airflowctl 0.2.11")
    return folder


class Place:
    """A virtual environment; what the programs depend on is that of the tests."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self._wheels = wheels
        made = run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        assert made.code == 0, made
        self.bin = folder / "bin"

    def install(self, name: str) -> None:
        done = run([*PIP, "--python", str(self.bin / "python"), "install", "-q", "--no-deps", "--no-index",
                    "--force-reinstall", "--find-links", str(self._wheels), name])  # fmt: skip
        assert done.code == 0, done

    def uninstall(self, name: str) -> None:
        done = run([*PIP, "--python", str(self.bin / "python"), "uninstall", "-q", "-y", name])
        assert done.code == 0, done

    def run(self, command: str, *argv: str) -> Done:
        dependencies = sysconfig.get_path("purelib")
        return run([str(self.bin / command), *argv], AIRFLOWCTL_HOME=str(self.bin / "home"),
                   PYTHONPATH=dependencies)  # fmt: skip


@pytest.fixture(params=OTHERS)
def other(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(tmp_path: Path, wheels: Path) -> Iterator[Place]:
    yield Place(tmp_path / "venv", wheels)


def test_installed_last_it_works_and_warns(place: Place, other: str) -> None:
    place.install(other)
    place.install("airflowctl-shell")
    for command in ("airflowctl", "airflowctl-shell"):
        done = place.run(command, "--version")
        assert done.out.startswith("airflowctl 0.")
        assert done.code == 0
        assert done.err.startswith("warning: another program has files in this package")
    doctor = place.run("airflowctl", "doctor")
    assert doctor.code == 1
    assert f"{other} installs into the same package" in doctor.out
    place.uninstall(other)  # which takes files of ours away
    broken = place.run("airflowctl-shell", "--version")
    assert (broken.out, broken.code) == ("", 1)
    assert broken.err.startswith("error: files of airflowctl-shell are missing")
    place.install("airflowctl-shell")
    assert place.run("airflowctl", "--version") == place.run("airflowctl-shell", "--version")
    assert place.run("airflowctl", "--version").err == ""


def test_overwritten_it_says_so(place: Place, other: str) -> None:
    place.install("airflowctl-shell")
    place.install(other)
    done = place.run("airflowctl-shell", "--version")
    assert (done.out, done.code) == ("", 1)
    assert "pipx install airflowctl-shell" in done.err
