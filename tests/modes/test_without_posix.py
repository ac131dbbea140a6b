"""What Windows lacks: every module of ours can be imported with the names of POSIX hidden, and lines run."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support.paths import ROOT
from tests.support.program import Program
from tests.support.stub import Stub, reply

# Loads all that others have first: their own code for Windows is not what is tried here.
HIDE = """
import importlib, os, pkgutil, signal, sys
import airflowctl, completers

def modules():
    for package in (airflowctl, completers):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if found.name not in ("airflowctl.__main__",):
                yield found.name

names = list(modules())
for name in names:
    importlib.import_module(name)
for name in [name for name in sys.modules if name.partition(".")[0] in ("airflowctl", "completers")]:
    del sys.modules[name]
for name in "fcntl termios pwd grp resource tty pty readline syslog _posixsubprocess".split():
    sys.modules[name] = None
for name in [name for name in vars(signal) if name.startswith("SIG")]:
    if name not in "SIGABRT SIGFPE SIGILL SIGINT SIGSEGV SIGTERM SIG_DFL SIG_IGN".split():
        delattr(signal, name)
import _signal
for name in ("setitimer", "alarm", "pthread_sigmask", "SIGALRM", "ITIMER_REAL"):
    for module in (signal, _signal):
        if hasattr(module, name):
            delattr(module, name)
for name in (
    "fork getuid geteuid getgid getpgid setsid setpgid killpg tcsetpgrp openpty O_NOFOLLOW O_DIRECTORY"
    " O_NONBLOCK O_CLOEXEC mkfifo uname wait4 WNOHANG sched_getaffinity"
).split():
    if hasattr(os, name):
        delattr(os, name)
sys.platform = "win32"
"""
IMPORT = """
failed = []
for name in names:
    try:
        importlib.import_module(name)
    except Exception as error:
        failed.append(f"{name}: {type(error).__name__}: {error}")
print(len(names))
sys.exit("\\n".join(failed) or 0)
"""
RUN = """
os.environ["APPDATA"] = os.environ["LOCALAPPDATA"] = os.environ["AIRFLOWCTL_HOME"]
os.O_BINARY = 0
import json
from airflowctl.main import main
for line in json.loads(sys.argv[1]):
    print("END", main(line), flush=True)
"""
# What `--follow` and `watch` draw in place.
DRAW = """
from airflowctl.output.live import Live
from airflowctl.output.streams import Streams
drawn = []
with Live(Streams(), drawn.append) as live:
    live.draw(["head"], ["body"], [])
print("body" in "".join(drawn))
"""


def run(program: Program, script: str, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HIDE + script, *argv], cwd=ROOT, env=program.process_environ, check=False,
        capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_every_module_can_be_imported(program: Program) -> None:
    done = run(program, IMPORT)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 300


def test_lines_run(online: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"pools": [{"name": "etl"}], "total_entries": 1, "version": "3.3.2"})
    expected = {
        ("version",): "airflowctl 0.",
        ("pools", "list", "-o", "name"): "etl",
        ("env", "list", "-o", "json"): "[]",
        ("help", "dags"): "dags list",
        ("completion", "powershell"): "Register-ArgumentCompleter",
        ("completion", "names"): "folder",
    }
    done = run(online, RUN, json.dumps(list(expected)))
    assert (done.returncode, done.stderr) == (0, "")
    *outputs, rest = done.stdout.split("END 0\n")
    assert (len(outputs), rest) == (len(expected), ""), done.stdout[-300:]
    for line, printed, out in zip(expected, expected.values(), outputs, strict=True):
        assert printed in out, line


def test_a_block_is_drawn_in_place(program: Program) -> None:
    done = run(program, DRAW)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
