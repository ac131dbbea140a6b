"""Runs lines of the program, each in a process that is forked from this one, which has the modules loaded."""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import airflowctl
from airflowctl.domain import polling, retry
from airflowctl.session import registry
from tests.faults.fake_server import GOOD, Prefix, read_log, serve
from tests.support.program import NO_KEYRING

LONGEST = 90.0  # seconds until a run is killed: other work may hold the processors
_PATIENCE = 2.0  # seconds that a line waits for a server that is away, and for an unknown state to change
# What httpx, and we, import at a first use.
_LAZY = (
    "httpx", "httpcore", "h11", "certifi", "yaml", "tabulate", "jmespath", "keyring.backends.fail",
    "json", "http.client",
)  # fmt: skip
_MEMORY = 1_500_000_000  # bytes of address space


class Case(NamedTuple):
    """A line of the matrix under one fault. `start` is the request from which on the fault comes."""

    words: tuple[str, ...]
    fault: str = GOOD
    place: str = "all"
    start: int = 0
    rows: int = 0
    options: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{' '.join((*self.words, *self.options))} | {self.fault} | {self.place}"


class Outcome(NamedTuple):
    """What a run left behind. `code` is None where it was killed, `memory` in MB, `busy` the seconds of a
    processor, `files` the names of what it wrote into its folder."""

    case: Case
    code: int | None
    out: str
    err: str
    requests: list[dict[str, str]]
    seconds: float
    busy: float
    memory: float
    files: tuple[str, ...]

    @property
    def changes(self) -> list[dict[str, str]]:
        """The requests that change something: one that asks what would be changed is none."""
        sent = [row for row in self.requests if row["method"] not in ("GET", "HEAD")]
        return [row for row in sent if '"dry_run":true' not in row["body"].replace(" ", "")]


class Runner:
    """Owns the fake server and a folder; `run` gives the outcome of each case as it ends."""

    def __init__(self, workers: int = 2) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="airflowctl-faults-"))
        self._log = self._folder / "requests"
        self._log.mkdir()
        self._port, self._server = serve(self._log)
        self._workers, self._count = workers, 0
        _load_modules()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._server, signal.SIGKILL)
        os.waitpid(self._server, 0)
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, cases: Iterable[Case]) -> Iterator[Outcome]:
        """The outcomes, in the order in which the runs end."""
        waiting, running = iter(cases), list[_Run]()
        while True:
            while len(running) < self._workers and (case := next(waiting, None)) is not None:
                running.append(self._start(case))
            if not running:
                return
            _wait(running)
            for run in [run for run in running if run.has_ended()]:
                running.remove(run)
                yield run.outcome(self._log)

    def _start(self, case: Case) -> _Run:
        self._count += 1
        name = f"c{self._count}"
        folder = self._folder / name
        (folder / "work").mkdir(parents=True)
        prefix = Prefix(name, case.fault, case.start, case.rows)
        environ = {
            **NO_KEYRING,
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AIRFLOWCTL_HOME": str(folder / "home"),
            "AIRFLOWCTL_URL": f"http://127.0.0.1:{self._port}{prefix.path}",
            "AIRFLOW_CLI_TOKEN": "t.o.k",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "AIRFLOWCTL_RETRY_FOR": "0",
        }
        pid = os.fork()
        if not pid:
            _become(folder, environ, case)
        return _Run(case, name, folder, pid)


class _Run:
    """A run that has been started."""

    def __init__(self, case: Case, name: str, folder: Path, pid: int) -> None:
        self._case, self._name, self._folder, self._pid = case, name, folder, pid
        self.handle = os.pidfd_open(pid)
        self._started = time.monotonic()
        self._ended: tuple[int, Any] | None = None

    @property
    def left(self) -> float:
        return self._started + LONGEST - time.monotonic()

    def has_ended(self) -> bool:
        if self.left <= 0:
            os.kill(self._pid, signal.SIGKILL)
        pid, status, usage = os.wait4(self._pid, 0 if self.left <= 0 else os.WNOHANG)
        if not pid:
            return False
        os.close(self.handle)
        self._ended = status, usage
        return True

    def outcome(self, log: Path) -> Outcome:
        assert self._ended
        status, usage = self._ended
        killed = os.WIFSIGNALED(status)
        texts = [
            (self._folder / name).read_bytes().decode("utf-8", "surrogateescape") for name in ("out", "err")
        ]
        files = tuple(sorted(path.name for path in (self._folder / "work").iterdir()))
        made = Outcome(
            self._case,
            None if killed else os.waitstatus_to_exitcode(status),
            *texts,
            read_log(log, self._name),
            time.monotonic() - self._started,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024,
            files,
        )
        shutil.rmtree(self._folder, ignore_errors=True)
        (log / self._name).unlink(missing_ok=True)
        return made


def _wait(running: list[_Run]) -> None:
    poll = select.poll()
    for run in running:
        poll.register(run.handle, select.POLLIN)
    poll.poll(max(1, 1000 * min(run.left for run in running)))


def _become(folder: Path, environ: dict[str, str], case: Case) -> None:
    """Turn this forked process into the program; never returns."""
    code = 70
    try:
        for number, name, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, folder / "out", os.O_WRONLY | os.O_CREAT),
            (2, folder / "err", os.O_WRONLY | os.O_CREAT),
        ):
            os.dup2(os.open(name, flags, 0o600), number)
        os.chdir(folder / "work")
        os.environ.clear()
        os.environ.update(environ)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 - for good
        sys.argv = ["airflowctl", *case.words, *case.options]
        from airflowctl.__main__ import run

        code = run()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        import traceback

        os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _load_modules() -> None:
    """Load what any line needs, so that a forked process need not, and shorten the waits that have an end."""
    list(registry.all_commands())
    for module in pkgutil.walk_packages(airflowctl.__path__, "airflowctl."):
        if not module.name.startswith("airflowctl.shell"):
            importlib.import_module(module.name)
    for name in _LAZY:
        importlib.import_module(name)
    retry._AWAY = polling._UNKNOWN_FOR = _PATIENCE
    gc.collect()
    gc.freeze()


def read_json(text: str) -> Any:
    """JSON as RFC 8259 has it: NaN and Infinity are none."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)
