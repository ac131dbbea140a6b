"""The program as a process of its own, without the time that an interpreter takes to load: `start(argv)` is
`subprocess.Popen` of `python -m airflowctl`, or of `python -c`, forked by tests/support/loaded_program.py."""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.loaded_program import take_terminal

_SERVER = Path(__file__).resolve().parent / "loaded_program.py"
COMMAND = (sys.executable, "-m", "airflowctl")
# What the interpreter itself reads when it starts, besides PYTHONPATH: it takes a new one to obey these.
_START = ("PYTHON", "LC_", "LANG", "MALLOC", "LD_")
_NOT_START = ("PYTHONPATH", "PYTHON_KEYRING_BACKEND")


class _Server:
    """The loaded interpreter of this test process, started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None

    def fork(self, request: dict[str, Any], streams: Sequence[int]) -> tuple[int, int]:
        """Return the process id of a new child, and the pipe that gets its exit code."""
        with self._lock:
            control = self._control = self._control or self._start()
            reader, writer = os.pipe()
            text = os.memfd_create("request")
            os.write(text, json.dumps(request).encode())
            os.lseek(text, 0, os.SEEK_SET)
            socket.send_fds(control, [b"+"], [text, *streams, writer])
            os.close(text)
            os.close(writer)
            return int(_read_line(reader)), reader

    def _start(self) -> socket.socket:
        own, other = socket.socketpair()
        with other:
            process = subprocess.Popen(
                [sys.executable, str(_SERVER), str(other.fileno())],
                env={"PATH": os.environ["PATH"]},
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
            )
        atexit.register(process.wait)
        atexit.register(own.close)  # at which it ends
        return own


_server = _Server()


class LoadedProcess(subprocess.Popen[Any]):
    """A child of the server; all else is as of a child of ours. `code` is run in place of the program, with
    the terminal of stdin as its own if there is to be one."""

    def __init__(
        self, argv: Sequence[str], *, code: str = "", terminal: bool = False, **options: Any
    ) -> None:
        self._code = code
        self._arguments = list(argv)
        self._terminal = terminal
        self._report = -1
        super().__init__([*COMMAND, *argv], **options)

    # The first sixteen parameters are the same from Python 3.9 on.
    def _execute_child(  # type: ignore[override]
        self, args: Any, executable: Any, preexec_fn: Any, close_fds: Any, pass_fds: Any, cwd: Any, env: Any,
        startupinfo: Any, creationflags: Any, shell: Any, p2cread: int, p2cwrite: int, c2pread: int,
        c2pwrite: int, errread: int, errwrite: int, *_: Any,
    ) -> None:  # fmt: skip
        mask = os.umask(0)
        os.umask(mask)
        request = {
            "arguments": self._arguments,
            "code": self._code,
            "environ": dict(os.environ if env is None else env),
            "folder": os.path.abspath(cwd or os.getcwd()),
            "terminal": self._terminal,
            "umask": mask,
        }
        files = enumerate((p2cread, c2pwrite, errwrite))
        streams = [number if file == -1 else file for number, file in files]
        self.pid, self._report = _server.fork(request, streams)
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._report], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._report], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(_read_line(self._report))
            os.close(self._report)
        return self.returncode

    def _internal_poll(self, *_: Any, **__: Any) -> int | None:
        return self.poll()


def start(argv: Sequence[str], *, env: Mapping[str, str], **options: Any) -> subprocess.Popen[Any]:
    """Start the program; with an interpreter of its own where the environment has what one reads first."""
    is_read_first = any(name.startswith(_START) and name not in _NOT_START for name in env)
    return (start_new if is_read_first else LoadedProcess)(argv, env=env, **options)


def start_new(argv: Sequence[str], *, terminal: bool = False, **options: Any) -> subprocess.Popen[Any]:
    """Start the program with an interpreter of its own."""
    return subprocess.Popen([*COMMAND, *argv], preexec_fn=take_terminal if terminal else None, **options)


def _read_line(file: int) -> str:
    text = b""
    while not text.endswith(b"\n"):
        more = os.read(file, 1)
        if not more:
            raise RuntimeError("the loaded program ended")
        text += more
    return text.decode()
