"""A cloud's own program, run for what it prints: within a time limit, and without a terminal."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import IO

from airflowctl.core.errors import NotLoggedIn
from airflowctl.core.programs import find_program, search_path

LIMIT = 60.0  # seconds
_MOST = 200_000  # bytes of what is printed
_LONGEST = 300  # letters of the reason for a failure


def read_program(argv: tuple[str, ...], environ: Mapping[str, str], install: str) -> str:
    """Return what a program prints on stdout. Raises NotLoggedIn where it is missing, which `install` fixes,
    fails, or does not end in time: with the end of its stderr, and never with its stdout, which may hold a
    token."""
    name = argv[0]
    path = find_program(name, environ)
    if not path:
        raise NotLoggedIn(f"there is no program {name}", install)
    with TemporaryFile() as out, TemporaryFile() as err:
        code = _run((path, *argv[1:]), environ, out, err)
        if code is None:
            raise NotLoggedIn(f"{name} gave no answer in {LIMIT:g} s")
        if code:
            raise NotLoggedIn(f"{name} failed with exit status {code}{_reason(err)}")
        return _head(out).decode("utf-8", "replace").strip()


def _run(argv: tuple[str, ...], environ: Mapping[str, str], out: IO[bytes], err: IO[bytes]) -> int | None:
    """Return the exit status; None where the program was ended after its time."""
    home = environ.get("HOME", "")
    try:
        program = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**environ, "PATH": search_path(environ)},
            # The current folder may be one that another user wrote: programs read settings from there.
            cwd=home if os.path.isabs(home) and os.path.isdir(home) else os.sep,
            start_new_session=True,  # so that what it started ends with it
        )
    except OSError as error:
        raise NotLoggedIn(f"{argv[0]}: {error.strerror or 'it cannot be run'}") from None
    try:
        return program.wait(LIMIT)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if program.poll() is None:
            _end(program)


def _end(program: subprocess.Popen[bytes]) -> None:
    if os.name == "nt":
        program.kill()
    else:
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(_MOST)


def _reason(err: IO[bytes]) -> str:
    """Return the last line that a program wrote to stderr: programs name the cause there."""
    lines = [line.strip() for line in _head(err).decode("utf-8", "replace").splitlines() if line.strip()]
    return f": {lines[-1][:_LONGEST]}" if lines else ""
