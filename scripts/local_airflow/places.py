"""Where things are in the checkout; nothing is ever written outside it."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
REPO = PACKAGE.parents[1]
LOCAL = (REPO / ".local").resolve()  # worktrees may share one; what is in it knows its own path
PROJECT_VENV = REPO / ".venv"
DAGS = PACKAGE / "dags"
DEFAULT_VERSION = "3.3.2"
RUNTIME_LOCK = PACKAGE / "requirements-runtime.txt"
DEV_LOCK = PACKAGE / "requirements-dev.txt"
BUILD_LOCK = PACKAGE / "requirements-build.txt"
PIP_LOCK = PACKAGE / "requirements-pip.txt"
TOOLS_LOCK = PACKAGE / "requirements-tools.txt"
SITE_LOCK = PACKAGE / "requirements-site.txt"
LOCKS = (RUNTIME_LOCK, DEV_LOCK, BUILD_LOCK, PIP_LOCK, TOOLS_LOCK)


def requirements(version: str) -> Path:
    """The pinned requirements of an Airflow version, known to boot and to run a Dag."""
    return PACKAGE / f"requirements-{version}.txt"


def versions() -> list[str]:
    """Every Airflow version that can be installed here."""
    names = (path.stem.removeprefix("requirements-") for path in PACKAGE.glob("requirements-*.txt"))
    return sorted(name for name in names if name.replace(".", "").isdigit())


def installation(version: str) -> Path:
    """The folder of an Airflow version: its venv and its template databases."""
    return (LOCAL / f"airflow-{version}").resolve()  # may be shared: another path makes it anew
