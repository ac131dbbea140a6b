"""The program as another user of this machine, whom a test that runs as root can become."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.program import NO_KEYRING, Done

UID = 64_123  # nobody's on any machine
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

# What a line imports is loaded by a first run, as the other user may not be able to read this Python.
_RUNS = """
import io, os, sys, tempfile
from airflowctl.main import main
from airflowctl.output.streams import Streams

uid, argv = int(sys.argv[1]), sys.argv[2:]
with tempfile.TemporaryDirectory() as scratch:
    home = os.path.join(scratch, "home")
    os.makedirs(os.path.join(home, "environments"))
    aside = {**os.environ, "AIRFLOWCTL_HOME": home}
    with open(os.path.join(home, "environments", "x.toml"), "w") as file:
        file.write('url = "http://127.0.0.1:9"')
    for line in (["pools", "get", "p", "-e", "x"], argv):
        main(line, Streams(io.StringIO(), io.StringIO(), io.StringIO(), aside, 80))
import pwd, shlex, traceback
if uid:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
os.chdir("/")
sys.exit(main(argv))
"""


@contextmanager
def folder_for(uid: int) -> Iterator[Path]:
    """A folder of that user, which every user can look into (pytest's own are root's alone)."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="user") as name:
        os.chown(name, uid, uid)
        os.chmod(name, 0o755)
        yield Path(name)


def run_as(uid: int, *argv: str, **environ: str) -> Done:
    """Run one line as that user."""
    done = subprocess.run(
        [sys.executable, "-c", _RUNS, str(uid), *argv],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], **NO_KEYRING, **environ},
        check=False,
    )
    return Done(done.stdout, done.stderr, done.returncode)
