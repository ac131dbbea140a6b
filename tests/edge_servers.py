"""An Airflow whose tasks run on an edge worker: a real one, steered over the API of its provider."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from local_airflow import LocalAirflow, places

from tests.program import Program
from tests.waiting import until

VERSION = f"{places.DEFAULT_VERSION}-edge"
WORKER = "rack7"


class EdgeAirflow(LocalAirflow):
    """API server and scheduler with the Edge executor. Its port is known once it is started: the worker is
    told it by a variable."""

    @contextmanager
    def worker(self, name: str, *, concurrency: int = 2) -> Iterator[subprocess.Popen[bytes]]:
        """An edge worker that serves the queue `default`; ended with the block, if not before."""
        environment = {**self.environment, "AIRFLOW__EDGE__API_URL": f"{self.url}/edge_worker/v1/rpcapi"}
        command = [
            str(places.installation(self.version) / "venv" / "bin" / "airflow"),
            *("edge", "worker", "--edge-hostname", name, "--concurrency", str(concurrency)),
            *("--queues", "default", "--pid", str(self.home / f"{name}.pid")),
        ]
        with (self.logs / f"worker-{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self.home, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)
                    process.wait()


@pytest.fixture(scope="session")
def edge_airflow() -> Iterator[EdgeAirflow]:
    """That Airflow, without a worker; a worker tells of itself every second. So long as its tokens live, it
    bears a machine that is busy with something else."""
    settings = {
        "core.executor": "airflow.providers.edge3.executors.EdgeExecutor",
        "edge.api_enabled": True,
        "edge.heartbeat_interval": 1,
        "edge.job_poll_interval": 1,
        "api_auth.jwt_leeway": 120,
        "scheduler.scheduler_idle_sleep_time": 1,
    }
    (places.LOCAL / "tests").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=places.LOCAL / "tests", prefix="edge-") as home:
        airflow = EdgeAirflow(Path(home), version=VERSION, settings=settings)
        try:
            airflow.start(lambda text: print(text, file=sys.__stderr__))
            yield airflow
        finally:
            airflow.stop()


@pytest.fixture(scope="session")
def edge(edge_airflow: EdgeAirflow, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program, logged in to it as its administrator."""
    home = str(tmp_path_factory.mktemp("edge-home"))
    program = Program({"AIRFLOWCTL_HOME": home, "HOME": home, "AIRFLOWCTL_URL": edge_airflow.url})
    done = program(
        "auth", "token", "--username", "admin", "--password-stdin",
        stdin=edge_airflow.password("admin") + "\n",
    )  # fmt: skip
    assert done.code == 0, done.err
    return program.with_environ(AIRFLOW_CLI_TOKEN=done.out.strip())


@pytest.fixture(scope="module")
def rack7(edge_airflow: EdgeAirflow, edge: Program) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of that name, which has told of itself."""
    with edge_airflow.worker(WORKER) as process:
        until(lambda: WORKER in edge("workers", "list", "-o", "name").lines or ended(process), "a worker")
        yield process


def ended(process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"the worker ended with {process.returncode}"
    return False
