"""The real Airflows of the suite: a kind is data, its fixture starts it when the first test asks for it."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from local_airflow import LocalAirflow, SetupError, places
from local_airflow.install import airflow_venv

from tests.support.program import Program

WITH_MANAGERS = f"{places.DEFAULT_VERSION}-auth"  # with the providers that bring other auth managers
API = ("api-server",)
# Of these one at a time is enough for two cores; of the others there is an API server only.
RUN_TASKS = ("airflow", "working_airflow", "parity_airflow", "edge_airflow", "staged_airflow", "demo_airflow")


class Kind(NamedTuple):
    """What one server has of its own. `dags` are files and folders whose content is copied into its home;
    without them it has the demo's."""

    components: tuple[str, ...] = API
    version: str = places.DEFAULT_VERSION
    users: dict[str, str] | None = None
    settings: Mapping[str, object] = {}
    dags: tuple[Path, ...] = ()


@contextmanager
def skip_failed_install(title: str) -> Iterator[None]:
    """Skip the test where what the block installs cannot be had: no package index may be in reach."""
    try:
        yield
    except SetupError as failure:
        pytest.skip(f"{title} cannot be installed: {str(failure).splitlines()[0]}")


@contextmanager
def made(kind: Kind, made_as: type[LocalAirflow] = LocalAirflow) -> Iterator[Any]:
    """Such an Airflow, not yet started, in a home below `.local` that is thrown away with it; skips the test
    where its version cannot be installed."""
    with skip_failed_install(f"Airflow {kind.version}"):
        airflow_venv(kind.version, _say)
    (places.LOCAL / "tests").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=places.LOCAL / "tests", prefix="airflow-", ignore_cleanup_errors=True
    ) as home:
        folder, settings = Path(home) / "dags", dict(kind.settings)
        for source in kind.dags:
            _copy(source, folder)
            settings["core.dags_folder"] = folder
        airflow = made_as(
            Path(home),
            version=kind.version,
            components=kind.components,
            users=kind.users,
            settings=settings,
        )
        airflow.prepare(_say)
        try:
            yield airflow
        finally:
            airflow.stop()
            _say((airflow.logs / "keeper.log").read_text() if airflow.url else "")  # what was started again


@contextmanager
def started(kind: Kind, made_as: type[LocalAirflow] = LocalAirflow) -> Iterator[Any]:
    """Such an Airflow; it answers."""
    with made(kind, made_as) as airflow:
        airflow.start(_say)
        yield airflow


def serves(kind: Kind, made_as: type[LocalAirflow] = LocalAirflow) -> Any:
    """The fixture that is such an Airflow."""

    @pytest.fixture(scope="session")
    def airflow() -> Iterator[LocalAirflow]:
        with started(kind, made_as) as server:
            yield server

    return airflow


def logged_in(airflow: LocalAirflow, user: str = "admin") -> Program:
    """The program, with a home below that of the server and this user's token in its environment."""
    home = str(airflow.home / f"airflowctl-{user}")
    program = Program({"AIRFLOWCTL_HOME": home, "HOME": home, "AIRFLOWCTL_URL": airflow.url})
    done = program("auth", "token", "-u", user, "--password-stdin", stdin=airflow.password(user) + "\n")
    assert done.code == 0, done.err
    return program.with_environ(AIRFLOW_CLI_TOKEN=done.out.strip())


class _Patient(httpx.HTTPTransport):
    """SQLite may refuse who writes while somebody else does: the server answers 500, and nothing is done.
    Then it is asked again, a few times."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for pause in (0.2, 0.5, 1, 2, 4):
            response = super().handle_request(request)
            if response.status_code != httpx.codes.INTERNAL_SERVER_ERROR:
                return response
            response.close()
            threading.Event().wait(pause)
        return super().handle_request(request)


def past(program: Program) -> httpx.Client:
    """The server that a program is logged in to, itself: to prepare, and to see what really happened."""
    return httpx.Client(
        transport=_Patient(),
        base_url=f"{program.environ['AIRFLOWCTL_URL']}/api/v2",
        headers={"Authorization": f"Bearer {program.environ['AIRFLOW_CLI_TOKEN']}"},
        timeout=60,
        trust_env=False,
    )


def _copy(source: Path, folder: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=ignored)
    else:
        folder.mkdir(exist_ok=True)
        shutil.copy(source, folder)


def _say(text: str) -> None:
    if text:
        print(text, file=sys.__stderr__)
