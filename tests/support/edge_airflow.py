"""An Airflow whose tasks run on an edge worker: a real one, steered over the API of its provider."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from local_airflow import LocalAirflow, places

from tests.support.airflows import Kind, logged_in, serves
from tests.support.program import Program
from tests.support.waiting import until

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


# Without a worker; a worker tells of itself every second. So long as its tokens live, it bears a machine that
# is busy with something else.
edge_airflow = serves(
    Kind(
        ("api-server", "scheduler"),
        version=f"{places.DEFAULT_VERSION}-edge",
        settings={
            "core.executor": "airflow.providers.edge3.executors.EdgeExecutor",
            "edge.api_enabled": True,
            "edge.heartbeat_interval": 1,
            "edge.job_poll_interval": 1,
            "api_auth.jwt_leeway": 120,
            "scheduler.scheduler_idle_sleep_time": 1,
        },
    ),
    EdgeAirflow,
)


@pytest.fixture(scope="session")
def edge(edge_airflow: EdgeAirflow) -> Program:
    """The program, logged in to it as its administrator."""
    return logged_in(edge_airflow)


@pytest.fixture(scope="module")
def rack7(edge_airflow: EdgeAirflow, edge: Program) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of that name, which has told of itself."""
    with edge_airflow.worker(WORKER) as process:
        until(lambda: WORKER in edge("workers", "list", "-o", "name").lines or ended(process), "a worker")
        yield process


def ended(process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"the worker ended with {process.returncode}"
    return False
