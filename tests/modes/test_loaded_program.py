"""A process that the loaded program forks is as one with an interpreter of its own: the same line is run both
ways, and what is printed, left behind and seen from inside is compared."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.plug_ins import COMMANDS, install
from tests.support.processes import LoadedProcess, start, start_new
from tests.support.program import Program

PIPE, NULL = subprocess.PIPE, subprocess.DEVNULL
BOTH: tuple[Callable[..., subprocess.Popen[Any]], ...] = (LoadedProcess, start_new)

LINES: dict[str, tuple[list[str], str]] = {
    "a text": (["version"], ""),
    "no rows": (["env", "list", "-o", "json"], ""),
    "a record of a server": (["pools", "get", "p", "-o", "json"], ""),
    "letters of other languages": (["pools", "get", "żółć 日本"], ""),
    "bytes that are no text": (["pools", "gett", "\udcff"], ""),
    "help": (["help", "dags", "list"], ""),
    "a wrong line": (["pools", "gett"], ""),
    "a wrong option": (["--nope"], ""),
    "a server that is away": (["pools", "list", "--url", "http://127.0.0.1:9"], ""),
    "a batch on stdin": (["-o", "json"], "version\npools get p\nnope\n"),
    "a batch of other bytes": ([], "versi\udcffon\n"),
    "an empty stdin": ([], ""),
    "a secret on stdin": (["auth", "token", "--token-file", "/dev/stdin"], "s3cret\n"),
    "a value from stdin": (["variables", "set", "k", "-"], "v\n"),
}


@pytest.mark.parametrize(("argv", "stdin"), LINES.values(), ids=LINES)
def test_a_line_prints_the_same(argv: list[str], stdin: str, online: Program) -> None:
    data = stdin.encode("utf-8", "surrogateescape")
    done = online.process(*argv, stdin=data)
    assert done == online.new_process(*argv, stdin=data)
    assert done.out or done.err or not stdin


FACTS = """
import gc, json, os, signal, sys, threading, warnings
from airflowctl.extensions import *

def describe(file):
    return [type(file.buffer).__name__, file.encoding, file.errors, file.line_buffering, file.write_through,
            file.mode, file.name, file.isatty(), file.fileno(), file.newlines]

@command("facts show", "Show facts.", examples=("airflowctl facts show",))
def show(session: Session) -> Text:
    mask = os.umask(0)
    os.umask(mask)
    main = sys.modules["__main__"]
    numbers = sorted(signal.valid_signals())
    return Text(json.dumps({
        "start": [sys.argv, sys.orig_argv, sys.executable, str(sys.flags), sys.getfilesystemencoding()],
        "main": [main.__name__, main.__file__, main.__package__, main.__spec__.name],
        "environ": dict(os.environ),
        "path": sys.path,
        "folder": [os.getcwd(), mask],
        "files": sorted(os.listdir("/proc/self/fd")),
        "streams": [describe(file) for file in (sys.stdin, sys.stdout, sys.stderr)],
        "first": [sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__],
        "signals": [str(signal.getsignal(number)).partition(" at 0x")[0] for number in numbers],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "timers": [signal.set_wakeup_fd(-1), signal.getitimer(signal.ITIMER_REAL)],
        "session": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
        "threads": [thread.name for thread in threading.enumerate()],
        "collector": [gc.isenabled(), gc.get_threshold(), gc.callbacks],
        "warnings": [str(each) for each in warnings.filters],
        "hooks": [sys.excepthook is sys.__excepthook__, sys.unraisablehook.__module__, sys.gettrace()],
        "limits": [sys.getrecursionlimit(), sys.getswitchinterval()],
        "modules": sorted(name for name in sys.modules
                          if name.startswith(("airflowctl.commands", "keyring", "facts"))),
    }))

FACTS = Commands(api=1, summary="Facts.", commands=(show,))
"""


@pytest.mark.parametrize("streams", ["pipes", "none", "files"])
@pytest.mark.parametrize("folder", ["", "elsewhere"])
def test_a_command_finds_the_same_process(
    streams: str, folder: str, program: Program, tmp_path: Path
) -> None:
    """All that it can ask the interpreter and the system for: a command of a plug-in asks."""
    site = install(tmp_path / "site", "facts", {COMMANDS: {"facts": "facts:FACTS"}}, {"facts": FACTS})
    (tmp_path / "elsewhere").mkdir()
    environ = {**program.process_environ, "PYTHONPATH": str(site), "TZ": "Asia/Tokyo", "LINES": "9"}
    facts = []
    for start_process in BOTH:
        with (tmp_path / "out").open("w+b") as out:
            options = {"stdin": PIPE if streams == "pipes" else NULL, "stdout": out, "stderr": out}
            if streams == "pipes":
                options |= {"stdout": PIPE, "stderr": PIPE}
            with start_process(["facts", "show"], env=environ, cwd=tmp_path / folder, **options) as running:
                printed, errors = running.communicate(b"" if streams == "pipes" else None)
            out.seek(0)
            facts.append(json.loads(printed or out.read()))
            assert not errors and running.returncode == 0
    assert facts[0] == facts[1]
    assert facts[0]["environ"]["LC_CTYPE"] == "C.UTF-8"
    assert "facts" in facts[0]["modules"]


def test_a_terminal_is_the_same(program: Program, tmp_path: Path) -> None:
    site = install(tmp_path / "site", "facts", {COMMANDS: {"facts": "facts:FACTS"}}, {"facts": FACTS})
    environ = {**program.process_environ, "PYTHONPATH": str(site), "TERM": "xterm", "PAGER": "cat"}
    seen = []
    for start_process in BOTH:
        own, end = os.openpty()
        line = ["facts", "show", "-o", "json"]
        running = start_process(line, terminal=True, env=environ, stdin=end, stdout=end, stderr=end)
        os.close(end)
        code = running.wait(60)
        seen.append((os.read(own, 65536), code))
        os.close(own)
    assert seen[0] == seen[1]
    assert rb"\"session\": [true, true]" in seen[0][0]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "SIGUSR1"])
def test_a_signal_ends_it_the_same(name: str, program: Program, silent: socket.socket) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    environ = program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="t.o.k").process_environ
    line = ["pools", "get", "p"]
    ends = []
    for start_process in BOTH:
        with start_process(line, env=environ, stdin=NULL, stdout=PIPE, stderr=PIPE) as running:
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(1)  # it waits for an answer from now on
                running.send_signal(signal.Signals[name])
                ends.append((*running.communicate(timeout=60), running.returncode))
    assert ends[0] == ends[1]
    assert ends[0][2] == (130 if name == "SIGINT" else ends[0][2]) != 0


@pytest.mark.parametrize("lost", ["stdout", "stderr"])
@pytest.mark.parametrize("end", ["full", "closed"])
def test_what_cannot_be_written_ends_it_the_same(lost: str, end: str, program: Program) -> None:
    ends = []
    for start_process in BOTH:
        streams: dict[str, Any] = {"stdin": NULL, "stdout": PIPE, "stderr": PIPE}
        reader, writer = os.pipe()
        os.close(reader)
        full = os.open("/dev/full", os.O_WRONLY)
        streams[lost] = full if end == "full" else writer
        line = ["help"] if lost == "stdout" else ["nope"]
        with start_process(line, env=program.process_environ, **streams) as running:
            ends.append((*running.communicate(), running.returncode))
        os.close(full)
        os.close(writer)
    assert ends[0] == ends[1]


CODE = """
import signal, sys
print(__name__, sys.argv, sys.orig_argv, sys.path[1:], "__file__" in globals())
print(signal.getsignal(signal.SIGINT))
sys.exit(7)
"""


def test_code_finds_the_same_process(program: Program) -> None:
    options: dict[str, Any] = {"env": program.process_environ, "stdin": NULL, "stdout": PIPE, "stderr": PIPE}
    loaded = LoadedProcess(["a", "b"], code=CODE, **options)
    new = subprocess.Popen([sys.executable, "-c", CODE, "a", "b"], **options)
    assert loaded.communicate() == (done := new.communicate())
    assert loaded.returncode == new.returncode == 7, done


def test_an_environment_that_an_interpreter_reads_gets_a_new_one(program: Program) -> None:
    for name in ("PYTHON_GIL", "PYTHONUTF8", "PYTHONWARNINGS", "LC_ALL", "LANG", "LD_PRELOAD"):
        with start(["version"], env={**program.process_environ, name: ""}, stdout=PIPE) as running:
            assert not isinstance(running, LoadedProcess), name
    with start(["version"], env=program.process_environ, stdout=PIPE) as running:
        assert isinstance(running, LoadedProcess)
