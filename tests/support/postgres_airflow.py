"""An Airflow on a PostgreSQL of its own: on SQLite many tasks at once lock each other out."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local_airflow import LocalAirflow, Say, airflow_venv, places
from local_airflow.processes import run
from local_airflow.progress import timed

from tests.support.waiting import until

VERSION = f"{places.DEFAULT_VERSION}-postgres"  # with the drivers
_NAME = "airflow"  # of the database, and of its user
_FOLDERS = "/usr/lib/postgresql/*/bin"  # where Debian puts its programs, which are not on PATH
# It is thrown away: nothing of it has to outlive a failing machine.
_OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "max_connections=200",
)
_QUIET: dict[str, Any] = {**dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL), "cwd": "/"}
_FILL = """
import sys
from airflow.__main__ import main
for line in ("db migrate", "dags reserialize"):
    sys.argv = ["airflow", *line.split()]
    main()
"""


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs; None where it is not installed."""
    named = shutil.which("initdb")
    folders = [Path(named).resolve().parent] if named else sorted(Path("/").glob(_FOLDERS.removeprefix("/")))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


class Database:
    """A PostgreSQL that is reached by a socket in its own folder, and ends with its folder."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        # PostgreSQL refuses to run as root, and a path to a socket may have 107 letters.
        self._user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        if self._user:
            shutil.chown(self.folder, **self._user)
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg2://{_NAME}@/{_NAME}?host={self.folder}"

    def start(self) -> None:
        """Make the database, and wait until it answers."""
        data = self.folder / "data"
        self._run(
            "initdb", "-D", str(data), "-U", _NAME, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"
        )
        settings = [word for option in _OPTIONS for word in ("-c", option)]
        command = [self._binaries / "postgres", "-D", data, "-k", self.folder, *settings]
        self._server = subprocess.Popen(command, start_new_session=True, **_QUIET, **self._user)
        until(lambda: self._call("createdb", "-h", str(self.folder), "-U", _NAME, _NAME) == 0, "a PostgreSQL")

    def stop(self) -> None:
        """End it, with all its connections, and remove what it kept."""
        server, self._server = self._server, None
        if server is not None:
            server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()
            server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *words: str) -> None:
        code = self._call(program, *words)
        assert code == 0, f"{program} ended with {code}"

    def _call(self, program: str, *words: str) -> int:
        command: Sequence[Any] = [self._binaries / program, *words]
        return subprocess.call(command, **_QUIET, **self._user)


class PostgresAirflow(LocalAirflow):
    """Begins with the Dags of its home read; its database ends with it."""

    _database: Database | None = None

    def _prepare(self, say: Say) -> None:
        if self._database is not None:
            return
        airflow_venv(self.version, say)
        binaries = programs()
        assert binaries is not None
        self._database = Database(binaries)
        with timed(say, "Making a PostgreSQL with the Dags"):
            self._database.start()
            self.settings = {**self.settings, "database.sql_alchemy_conn": self._database.url}
            self._write_home(0)
            run(["python", "-c", _FILL], "Creating the database", environment=self.environment)

    def stop(self) -> bool:
        # The program of a Bash task has a session of its own, and its keeper waits for that: it was killed.
        with contextlib.suppress(subprocess.TimeoutExpired):
            super().stop()
        if self._database is not None:
            self._database.stop()
            self._database = None
            return True
        return False
