"""Stages the situations of tests/support/situations.py on a real Airflow, side by side."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from local_airflow import LocalAirflow, places

from tests.support.airflows import Kind, logged_in, past
from tests.support.failed_runs import Runs
from tests.support.postgres_airflow import VERSION, PostgresAirflow, programs
from tests.support.situations import Situation
from tests.support.waiting import until

DAGS = Path(__file__).parent / "staged_dags"
LONG = 300.0  # seconds; many Dags run at once on two cores
_PAUSE = 0.3  # seconds between two looks at a server that has enough to do
# SQLite lets one write at a time, and tasks that wait for it for too long fail: it is for machines without
# PostgreSQL.
MADE_AS = PostgresAirflow if programs() else LocalAirflow
KIND = Kind(
    ("api-server", "scheduler", "dag-processor", "triggerer"),
    version=VERSION if programs() else places.DEFAULT_VERSION,
    settings={
        "core.dags_are_paused_at_creation": "False",
        # Ten of the tasks only sleep; what is left is as much as two cores do at once.
        "core.parallelism": 16,
        "core.min_serialized_dag_update_interval": 0,
        "dag_processor.refresh_interval": 5,
        "dag_processor.min_file_process_interval": 30,
        "scheduler.task_instance_heartbeat_sec": 2,
        "scheduler.task_instance_heartbeat_timeout": 25,
        "scheduler.task_instance_heartbeat_timeout_detection_interval": 5,
        "scheduler.scheduler_health_check_threshold": 20,
        "triggerer.triggerer_health_check_threshold": 20,
        "scheduler.dag_processor_health_check_threshold": 20,
        "workers.execution_api_timeout": 60,
    },
    dags=(DAGS,),
)
# What just runs once, with a run `r1`.
ONCE = (
    "f_exc", "f_mapped", "f_cause", "f_modtask", "f_group", "f_group2", "f_setup", "f_teardown", "f_kill9",
    "f_timeout", "f_dagrun_timeout", "f_sensor_to", "f_chain", "f_bash127", "f_conn", "w_resched", "f_var",
    "f_jinja", "f_jinja2", "f_xcom", "f_mapbad", "f_retry", "f_callback", "f_zombie2", "f_trigfail",
    "f_parent",
    "f_rule", "f_branch", "m_params", "f_skipexc", "f_softfail", "f_gone", "f_defer", "w_external",
    "w_pool_full", "w_pool_zero", "w_pool_small", "w_pool_none", "w_pool_def", "w_max_tasks", "w_conc",
    "w_hitl", "w_approve",
)  # fmt: skip
POOLS = (("tiny", 1, False), ("zero", 0, False), ("tiny2", 2, False), ("rep", 2, True))


class Stage:
    """An Airflow on which situations are staged, and the program logged in to it."""

    def __init__(self, airflow: LocalAirflow) -> None:
        self.airflow = airflow
        self.program = logged_in(airflow)
        self.op = logged_in(airflow, "op")
        self.api: httpx.Client = past(self.program)
        self.runs = Runs(self.api)
        self.folder = airflow.home / "dags"
        self.backfill = 0  # the number of the one that is to be cancelled
        self.as_op = past(self.op)
        self._threads = ThreadPoolExecutor(len(PREPARE))
        self._prepared: dict[str, Future[None]] = {}

    def why(self, line: str) -> Any:
        return self.program("why", *line.split())

    def stage(self, dag_ids: Sequence[str] = ONCE) -> None:
        """Start a run of each of these Dags, and make the pools that they name."""
        for name, slots, deferred in POOLS:
            body = {"name": name, "slots": slots, "description": "reports", "include_deferred": deferred}
            self.api.post("/pools", json=body)
        for dag_id in (*dag_ids, "w_past", "w_bf2", "w_asset_both", "m_auto", "r_brk", "f_latebreak"):
            self.runs.known(dag_id)
        for dag_id in dag_ids:
            self.runs.start(dag_id, "r1")

    def prepare_beside(self, lines: Sequence[str]) -> None:
        """Begin with what these lines need, all at once; `prepare` then waits for the end of it."""
        for line in lines:
            self._prepared[line] = self._threads.submit(PREPARE[line], self)

    def prepare(self, line: str) -> None:
        """Do what a line of a situation needs beside the runs of all; once."""
        if line in PREPARE:
            if line not in self._prepared:
                self.prepare_beside((line,))
            self._prepared[line].result(LONG)

    def wait(self, dag_id: str, run_id: str, ready: str) -> None:
        """Wait until a run, or a task in it, is in a state."""
        *task, state = ready.split()
        if state:
            self.runs.reaches(dag_id, run_id, state, *task)

    def stop_heartbeat(self) -> None:
        """Stop the process of the task whose heartbeat is to be lost, and what watches over it."""
        self.runs.reaches("f_zombie2", "r1", "running", "undead2")
        pid = until(
            lambda: self._instance("f_zombie2", "r1", "undead2").get("pid"), "a process", LONG, _PAUSE
        )
        self._stopped = [parent_of(pid), pid]
        for each in self._stopped:
            os.kill(each, signal.SIGSTOP)

    def end_stopped(self) -> None:
        parent, pid = self._stopped
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(parent, signal.SIGCONT)

    def place(self, situation: Situation) -> int:
        """Return when its turn is: what ends another situation comes after that."""
        return LAST.index(situation.name) + 1 if situation.name in LAST else 0

    @contextmanager
    def ready(self, situation: Situation) -> Iterator[None]:
        """Within the block the situation is staged."""
        self.prepare(situation.line)
        if situation.ready:
            dag_id, _, run_id = situation.line.partition(" ")
            if not run_id.startswith("20"):
                self.wait(dag_id, run_id, situation.ready)
        with self.stopped(*_DOWN.get(situation.name, ())):
            yield

    def _instance(self, dag_id: str, run_id: str, task_id: str) -> dict[str, Any]:
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}"
        answer: dict[str, Any] = self.api.get(path).json()
        return answer

    @contextmanager
    def stopped(self, *names: str) -> Iterator[None]:
        """The components do nothing within the block, and the server says so."""
        pids = [pid for name in names for pid in self.processes(name)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            for name in names:
                key = name.replace("-", "_")
                until(lambda key=key: self._health(key) != "healthy", f"{name} unhealthy", LONG)  # type: ignore[misc]
            yield
        finally:
            for pid in reversed(pids):
                os.kill(pid, signal.SIGCONT)

    def _health(self, name: str) -> Any:
        return self.api.get("/monitor/health").json()[name]["status"]

    def processes(self, name: str) -> list[int]:
        """The process of a component, and those of its own."""
        running = self.airflow._running()
        assert running is not None
        own = [pid for pid in children_of(running["pid"]) if name in command_of(pid)]
        return [pid for each in own for pid in (each, *children_of(each))]


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def children_of(parent: int) -> list[int]:
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    found = []
    for pid in pids:
        with suppress(OSError):
            if parent_of(pid) == parent:
                found.append(pid)
    return found


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


def _max_runs(stage: Stage) -> None:
    for run_id in ("m1", "m2"):
        stage.runs.start("w_max_runs", run_id)
    stage.runs.reaches("w_max_runs", "m1", "running", "sleep")


def _marked(stage: Stage) -> None:
    body = {"state": "failed"}
    assert stage.as_op.patch("/dags/w_max_runs/dagRuns/m1", json=body).is_success


def _zombie(stage: Stage) -> None:
    stage.stop_heartbeat()
    stage.runs.reaches("f_zombie2", "r1", "failed")
    stage.end_stopped()


def _broken_deploy(stage: Stage) -> None:
    # The other way round the Dag processor may have seen it first, and the server starts no run of the Dag.
    stage.runs.start("r_brk", "r1")
    (stage.folder / "brokendeploy.py.broken").touch()
    stage.runs.reaches("r_brk", "r1", "up_for_reschedule", "a")


def _log_gone(stage: Stage) -> None:
    stage.runs.start("f_chain", "gone")
    stage.runs.reaches("f_chain", "gone", "failed")
    shutil.rmtree(stage.airflow.logs / "dag_id=f_chain" / "run_id=gone")


def _gone(stage: Stage) -> None:
    stage.runs.reaches("f_gone", "r1", "success")
    (stage.folder / "gone.py").unlink()
    until(lambda: stage.api.get("/dags/f_gone").json().get("is_stale"), "f_gone stale", LONG, _PAUSE)


def _late_break(stage: Stage) -> None:
    path = stage.folder / "latebreak.py"
    path.write_text(path.read_text() + '\nraise ImportError("broken later")\n')
    until(lambda: "latebreak.py" in stage.api.get("/importErrors").text, "an import error", LONG, _PAUSE)


def _syntax(stage: Stage) -> None:
    text = 'from airflow.sdk import DAG\n\nwith DAG("f_syntax", schedule=None)\n    pass\n'
    (stage.folder / "f_syntax.py").write_text(text)
    until(lambda: "f_syntax.py" in stage.api.get("/importErrors").text, "an import error", LONG, _PAUSE)


def _paused(stage: Stage) -> None:
    assert stage.api.patch("/dags/w_paused", json={"is_paused": True}).is_success
    stage.runs.start("w_paused", "r1")


def _auto(stage: Stage) -> None:
    for number in (1, 2):
        stage.runs.start("m_auto", f"r{number}")
        stage.runs.reaches("m_auto", f"r{number}", "failed")
    until(lambda: stage.api.get("/dags/m_auto").json().get("is_paused"), "m_auto paused", LONG, _PAUSE)


def _backfill(stage: Stage, dag_id: str, first: str, last: str, **more: Any) -> int:
    body = {"dag_id": dag_id, "from_date": f"{first}T00:00:00Z", "to_date": f"{last}T00:00:00Z", **more}
    answer = stage.api.post("/backfills", json=body)
    assert answer.is_success, answer.text
    number: int = answer.json()["id"]
    return number


def _held_backfill(stage: Stage) -> None:
    stage.backfill = _backfill(stage, "w_bf2", "2026-11-02", "2026-11-05", max_active_runs=1)
    until(lambda: _is_running(stage, "w_bf2", "backfill"), "a run of the backfill", LONG, _PAUSE)


def _cancelled_backfill(stage: Stage) -> None:
    assert stage.api.put(f"/backfills/{stage.backfill}/cancel").is_success


def _paused_backfill(stage: Stage) -> None:
    number = _backfill(stage, "w_bf3", "2026-11-02", "2026-11-04", max_active_runs=1)
    assert stage.api.put(f"/backfills/{number}/pause").is_success


def _is_running(stage: Stage, dag_id: str, run_type: str) -> bool:
    # Of a type, since a Dag that is not paused may have a scheduled run beside those that are asked for.
    runs = stage.api.get(f"/dags/{dag_id}/dagRuns").json()["dag_runs"]
    return any((run["run_type"], run["state"]) == (run_type, "running") for run in runs)


def _past(stage: Stage) -> None:
    for dag_id, name in (("w_past", "past"), ("w_downstream", "ds")):
        for day, state in ((20, "success"), (21, "failed")):
            stage.runs.start(dag_id, f"{name}{day}", logical_date=f"2026-11-{day}T00:00:00Z")
            stage.runs.reaches(dag_id, f"{name}{day}", state)
        stage.runs.start(dag_id, f"{name}22", logical_date="2026-11-22T00:00:00Z")
        stage.runs.reaches(dag_id, f"{name}22", "running")


def _later(stage: Stage) -> None:
    stage.runs.start("m_params", "later", run_after="2099-01-01T00:00:00Z")


def _one_asset(stage: Stage) -> None:
    stage.runs.start("w_make_orders", "r1")
    stage.runs.reaches("w_make_orders", "r1", "success")


def _parallel(stage: Stage) -> None:
    stage.runs.start("w_parallel", "r1")
    path = "/dags/w_parallel/dagRuns/r1/taskInstances"
    until(lambda: '"queued"' in stage.api.get(path).text, "a queued task", LONG, _PAUSE)


_DOWN = {
    "scheduler down": ("scheduler",),
    "Dag processor down": ("dag-processor",),
    "Dag processor down, new Dag": ("dag-processor",),
    "triggerer down": ("triggerer",),
}
LAST = ("backfill cancelled", "run marked failed by a user", "parallelism reached", *_DOWN)
# What has to be done for a line of a situation beside starting a run `r1`; each once.
PREPARE: dict[str, Callable[[Stage], None]] = {
    "w_max_runs m2": _max_runs,
    "w_max_runs m1": _marked,
    "f_zombie2 r1": _zombie,
    "r_brk r1": _broken_deploy,
    "f_chain gone": _log_gone,
    "f_gone r1": _gone,
    "f_latebreak": _late_break,
    "f_syntax": _syntax,
    "w_paused r1": _paused,
    "m_auto": _auto,
    "w_bf2 2026-11-04": _held_backfill,
    "w_bf2 2026-11-05": _cancelled_backfill,
    "w_bf3 2026-11-04": _paused_backfill,
    "w_past past22": _past,
    "m_params later": _later,
    "w_asset_both": _one_asset,
    "w_parallel r1": _parallel,
}
