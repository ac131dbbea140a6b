"""The life of one local Airflow: started, asked until it answers, and ended with all its processes."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from . import home as airflow_home
from . import keeper, places, template
from .install import airflow_venv, locked
from .processes import SetupError, last_lines
from .progress import Say, quiet, timed

USERS = {"admin": "admin", "op": "op", "user": "user", "viewer": "viewer"}
_ARGUMENTS = {"scheduler": ("--skip-serve-logs",), "triggerer": ("--skip-serve-logs",)}
_START_SECONDS = 300  # on two cores that have other things to do
_STOP_SECONDS = 20
_ASK_AGAIN_SECONDS = 0.1
_PORTS = range(15_000, 32_000)

# Nothing here may go through a proxy.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class LocalAirflow:
    """Airflow on the loopback address, its database, secrets and logs in `home`.

    `users` maps names to roles; `settings` are Airflow's own, as `{"api_auth.jwt_cli_expiration_time": 60}`.
    The database begins with the Dags of the folder `dags`.
    `url`, once it is started, is the address without a slash at its end.
    """

    def __init__(
        self,
        home: Path,
        *,
        version: str = places.DEFAULT_VERSION,
        components: Sequence[str] = ("api-server", "scheduler"),
        users: dict[str, str] | None = None,
        settings: airflow_home.Settings | None = None,
        dags: Path = places.DAGS,
    ) -> None:
        self.home = home.resolve()
        self.version = version
        self.components = tuple(components)
        self.users = USERS if users is None else users
        self.dags = dags
        self.settings = {"core.dags_folder": dags} | dict(settings or {})
        self.url = ""
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def logs(self) -> Path:
        """The folder of `api-server.log`, `scheduler.log` and of the tasks' logs."""
        return self.home / "logs"

    @property
    def environment(self) -> dict[str, str]:
        """What Airflow's own `airflow` command needs to work on this home."""
        return airflow_home.environment(self.home, self._venv)

    def password(self, username: str) -> str:
        """A user's password, made when the home was."""
        return airflow_home.passwords(self.home)[username]

    def prepare(self, say: Say = quiet) -> None:
        """Install Airflow and make the home with its database, as far as that is not done yet."""
        with self._alone():
            self._prepare(say)

    def start(self, say: Say = quiet) -> bool:
        """Start the components and wait until they answer; False if one runs on this home already."""
        try:
            with self._alone():
                running = self._running()
                if running is None:
                    self._prepare(say)
                    self._spawn()
            if running is None:
                with timed(say, f"Starting Airflow {self.version}"):
                    self._wait_until_ready()
        except BaseException:
            if self._keeper:
                self.stop()
            raise
        return running is None or not self.attach()

    def attach(self) -> bool:
        """Take over an Airflow that was started on this home before, if it still runs."""
        if not self.home.is_dir():
            return False
        with self._alone():
            running = self._running()
        if running is None:
            return False
        self.url = running["url"]
        self._wait_until_ready()
        return True

    def keep(self) -> None:
        """Let it run on when this process ends; `stop` can be called by another one."""
        if self._keeper and self._keeper.stdin:
            self._keeper.stdin.write(b"keep\n")
            self._keeper.stdin.close()
        self._keeper = None

    def stop(self) -> bool:
        """End all its processes, whoever started them; False if there were none."""
        if self._keeper is None:
            return self._stop_other()
        ending, self._keeper = self._keeper, None
        try:
            with suppress(subprocess.TimeoutExpired):  # it is ended below
                ending.communicate(timeout=_STOP_SECONDS)  # which closes its stdin
        finally:
            if ending.poll() != 0:  # it could not tidy up itself, or was not done in time
                ending.kill()
                keeper.end_session(ending.pid)
                ending.wait()
        return True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _venv(self) -> Path:
        return places.installation(self.version) / "venv"

    @property
    def _state(self) -> Path:
        return self.home / "server.json"

    def _alone(self) -> AbstractContextManager[None]:
        # One process at a time may start a server here, or look whether there is one.
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return locked(self.home / "starting.lock")

    def _prepare(self, say: Say) -> None:
        airflow_venv(self.version, say)
        self._write_home(_free_port(0))
        template.put_database(self.home, self.version, self._venv, self.dags, say)

    def _write_home(self, port: int) -> None:
        airflow_home.write(self.home, port=port, users=self.users, settings=self.settings)
        self.logs.mkdir(exist_ok=True)

    def _spawn(self) -> None:
        port = _free_port(_last_port(self._state))
        self._write_home(port)
        self.url = f"http://127.0.0.1:{port}"
        airflow = str(self._venv / "bin" / "airflow")
        commands = {name: [airflow, name, *_ARGUMENTS.get(name, ())] for name in self.components}
        spec = {"url": self.url, "logs": str(self.logs), "commands": commands}
        with (self.logs / "keeper.log").open("wb") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-IS", keeper.__file__, str(self._state), json.dumps(spec)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.home,
                env=self.environment,
                start_new_session=True,
            )
        assert self._keeper.stdout
        self._keeper.stdout.readline()  # it has the lock, so the next one to look sees it running

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            self._fail_if_ended()
            if time.monotonic() > deadline:
                raise SetupError(
                    f"Airflow does not answer at {self.url} after {_START_SECONDS} s.{self._last_words()}"
                )

    def _answers(self) -> bool:
        try:
            _get(f"{self.url}/api/v2/version")
            if "scheduler" not in self.components:
                return True
            health = _get(f"{self.url}/api/v2/monitor/health")
        except (OSError, ValueError):
            return False
        return bool(health.get("scheduler", {}).get("status") == "healthy")

    def _fail_if_ended(self) -> None:
        """Raise if a process has ended; waits a moment, so it also sets the pace of asking."""
        if self._keeper is None:
            time.sleep(_ASK_AGAIN_SECONDS)
            if self._running() is None:
                raise SetupError(f"Airflow at {self.url} ended.{self._last_words()}")
            return
        with suppress(subprocess.TimeoutExpired):
            self._keeper.wait(_ASK_AGAIN_SECONDS)
            assert self._keeper.stdout
            name, _, code = self._keeper.stdout.read().decode().strip().partition(" ")
            what = (
                f"Airflow's {name} ended (exit {code})"
                if name
                else "The process that keeps Airflow was killed"
            )
            raise SetupError(f"{what} while it was starting.{self._last_words(name)}")

    def _last_words(self, component: str = "") -> str:
        words = ""
        for name in (component,) if component else self.components:
            log = self.logs / f"{name}.log"
            if log.exists():
                words += f"\n{last_lines(log.read_text(errors='replace'), 20)}\nMore in {log}"
        return words

    def _running(self) -> dict[str, Any] | None:
        """What the state file says, if a keeper lives: then it holds the lock on that file."""
        try:
            with self._state.open() as state:
                fcntl.flock(state, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            running: dict[str, Any] = json.loads(self._state.read_text())
            return running
        return None

    def _stop_other(self) -> bool:
        if not self.home.is_dir():
            return False
        with self._alone():
            running = self._running()
            if running is None:
                return False
            os.kill(running["pid"], signal.SIGTERM)
            deadline = time.monotonic() + _STOP_SECONDS
            while self._running() is not None:
                if time.monotonic() > deadline:
                    raise SetupError(f"Airflow (process {running['pid']}) does not stop.")
                time.sleep(_ASK_AGAIN_SECONDS)
        return True


def _get(url: str) -> Any:
    with direct.open(url, timeout=10) as answer:
        return json.load(answer)


def _last_port(state: Path) -> int:
    """The port of the last time, which saved profiles and open browser tabs know; 0 if there was none."""
    try:
        return urlsplit(json.loads(state.read_text())["url"]).port or 0
    except (OSError, ValueError, KeyError):
        return 0


def _free_port(wanted: int) -> int:
    # Airflow takes it only later: of the ports that the system gives away somebody else might get it first.
    for port in (wanted, *random.sample(_PORTS, 100)):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if port:
                probe.bind(("127.0.0.1", port))
                return port
    raise SetupError("There is no free port for Airflow.")
