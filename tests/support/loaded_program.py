"""The program in an interpreter that is loaded already: each request forks a child, which becomes the process
that `python -m airflowctl`, or `python -c CODE`, would be. tests/support/processes.py starts this file."""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import sys
import time
from typing import Any

# What most runs load, and no command: a declaration registers kinds of names when it is imported, and a run
# must do so itself. `keyring` is left out too, as a read of a login looks whether it is loaded.
_PRELOADED = (
    "airflowctl.main",
    "airflowctl.execution.batch",
    "airflowctl.execution.pipeline",
    "airflowctl.api.client",
    "airflowctl.output.render",
    "airflowctl.shell.app",
    "airflowctl.shell.console",
    "importlib.metadata",
)
_LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")


def _serve(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Fork for each request; return in the child, with the request and its stdin, stdout and stderr.

    A request is one byte with five files: the request as JSON, the three streams, and a pipe, which gets the
    child's process id at once and its exit code (negative: the signal) at the end.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    reports: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([control, reader], [], [])
        if reader in ready:
            os.read(reader, 512)
            _report_ended(reports)
        if control in ready:
            data, files, _, _ = socket.recv_fds(control, 1, 5)
            if not data:
                os._exit(0)
            with open(files[0], encoding="utf-8") as text:
                request = json.load(text)
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                return request, files[1:4]
            os.write(files[4], f"{child}\n".encode())
            reports[child] = files[4]
            for file in files[1:4]:
                os.close(file)


def _report_ended(reports: dict[int, int]) -> None:
    while reports:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            return
        report = reports.pop(child)
        os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os.close(report)


def _become(request: dict[str, Any], streams: list[int]) -> None:
    """Make this process what a new interpreter would be after its start."""
    for number, file in enumerate(streams):
        os.dup2(file, number)
    os.closerange(3, 1024)
    if request["terminal"]:
        take_terminal()
    os.umask(request["umask"])
    os.chdir(request["folder"])
    environ = request["environ"]
    if not any(name in environ for name in _LOCALE) and "LC_CTYPE" in os.environ:
        environ["LC_CTYPE"] = os.environ["LC_CTYPE"]  # as Python itself sets it where there is none
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.stdin, sys.stdout, sys.stderr = (_open(number) for number in range(3))
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    sys.argv[1:] = request["arguments"]
    sys.orig_argv[1:] = ["-m", "airflowctl", *request["arguments"]]
    own = [path for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:] = [os.getcwd(), *own, *_INSTALLED]


def take_terminal() -> None:
    """Begin a session whose terminal is stdin."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _run(code: str) -> None:
    if not code:
        runpy.run_module("airflowctl", run_name="__main__", alter_sys=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the package takes it where it is the program
    sys.argv[0], sys.orig_argv[1:3] = "-c", ["-c", code]
    exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})


def _end(code: object) -> None:
    """End as an interpreter does, but for the memory, which it would free piece by piece for longer than most
    commands run. Return where the rest has something to say: output that cannot be written."""
    sys.modules["threading"]._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    if isinstance(code, int):
        os._exit(code)


def _open(number: int) -> Any:
    """Return the stream as the interpreter opens it."""
    model: Any = (sys.__stdin__, sys.__stdout__, sys.__stderr__)[number]
    raw: Any = io.FileIO(number, model.mode, closefd=False)
    raw.name = model.name
    buffer = io.BufferedReader(raw) if number == 0 else io.BufferedWriter(raw)
    is_by_lines = number == 2 or raw.isatty()
    opened: Any = io.TextIOWrapper(buffer, model.encoding, model.errors, "\n", is_by_lines)
    opened.mode = model.mode
    return opened


if __name__ == "__main__":
    # The package looks at this when it is imported, and takes SIGINT where it is the program.
    control, sys.argv[:] = socket.socket(fileno=int(sys.argv[1])), ["-m"]
    sys.path.pop(0)  # the folder of this file
    _INSTALLED = [path for path in sys.path if path not in os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    for name in _PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a child copies no page only to look for garbage
    request, streams = _serve(control)
    control.detach()  # else its end would close what has its number by then
    _become(request, streams)
    try:
        _run(request["code"])
    except SystemExit as ended:
        _end(ended.code)
        raise
