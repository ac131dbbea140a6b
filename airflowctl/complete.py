"""The entry point of other shells' completion: an answer at once, then a fetch behind it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.completion.disk_source import Wanted

ANSWER = "__complete"  # the first word of argv; what follows is of a shell's script
FETCH = "__fetch"  # the same of the process that fetches, where a process cannot be forked
_LONGEST = 60  # seconds of a fetch
_NO_WINDOW = 0x08000008  # Windows: DETACHED_PROCESS and CREATE_NO_WINDOW


def run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Print what may stand at the cursor of a line, then fetch what was missing. Raises nothing, and prints
    no error: the line itself will."""
    try:
        return _answer(argv[1:], environ) if argv[0] == ANSWER else _fetch_apart(argv[1:], environ)
    except Exception:
        return 1


def _answer(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    from airflowctl.completion.disk_source import DiskNames
    from airflowctl.completion.shell_answer import SHELLS, find_answer, read_line, render
    from airflowctl.core.options import has_plugins
    from airflowctl.core.programs import connect_extensions
    from airflowctl.session.command_lookup import CommandLookup
    from airflowctl.session.registry import find_installed

    shell, *words = argv
    line = read_line(shell, words) if shell in SHELLS else None
    if line is None:
        return 1
    connect_extensions(
        (lambda group: find_installed(group, environ)) if has_plugins(environ, words) else None
    )
    lookup = CommandLookup(environ)
    source = DiskNames(environ, is_exact=line.is_exact)
    _write(render(shell, line, find_answer(line.words, lookup, source)))
    if source.wanted:
        _begin_fetch(source.wanted[0], environ)
    return 0


def _write(text: str) -> None:
    data = text.encode("utf-8", "surrogateescape")
    while data:
        data = data[os.write(1, data) :]


def _begin_fetch(wanted: Wanted, environ: Mapping[str, str]) -> None:
    """Fetch in a process of its own, which the shell does not wait for."""
    from airflowctl.storage.name_files import NameFiles

    if not NameFiles(environ, wanted.owner).begin_fetch():
        return
    if not hasattr(os, "fork"):
        _start_process(wanted)
    elif os.fork() == 0:
        _leave_terminal()
        fetch(wanted, environ)


def _leave_terminal() -> None:
    """Let go of the shell's pipe, which would wait for its end, and of the terminal."""
    import signal

    null_device = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null_device, number)
    os.setsid()
    signal.alarm(_LONGEST)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _start_process(wanted: Wanted) -> None:
    import subprocess

    scope = (f"{kind}={name}" for kind, name in wanted.scope.items())
    argv = (sys.executable, "-m", "airflowctl", FETCH, wanted.owner, wanted.kind, wanted.prefix, *scope)
    flags = _NO_WINDOW if sys.platform == "win32" else 0
    none = subprocess.DEVNULL
    subprocess.Popen(argv, stdin=none, stdout=none, stderr=none, creationflags=flags)


def _fetch_apart(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    from airflowctl.completion.disk_source import Wanted

    owner, kind, prefix, *scope = argv
    pairs = (text.partition("=") for text in scope)
    fetch(Wanted(owner, kind, {name: value for name, _, value in pairs}, prefix), environ)
    return 0


def fetch(wanted: Wanted, environ: Mapping[str, str]) -> None:
    """Fetch a list of names from the server, and keep it on this machine. It asks no user for anything."""
    from io import StringIO

    from airflowctl.completion.name_fetch import fetch_names
    from airflowctl.core.options import Options
    from airflowctl.main import new_session
    from airflowctl.output.streams import Streams

    streams = Streams(StringIO(), StringIO(), StringIO(), environ)
    session = new_session(streams, Options(env=wanted.scope.get("--env"), quiet=True))
    try:
        fetch_names(wanted, session)
    finally:
        session.close()
