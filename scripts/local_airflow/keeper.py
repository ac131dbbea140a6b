"""The process that owns Airflow's processes, and ends all of them when it ends.

It leads a session of its own, so a Ctrl-C at the terminal doesn't reach Airflow. Its stdin is held open by
whoever started it: when that closes, because they stopped it or were killed, everything is ended. The line
`keep` on stdin cuts this tie. It also ends when one of Airflow's processes ends as soon as it was started,
and says which on stdout; one that ends later, because the database was locked for too long say, is started
again.

A lock on the state file says that it lives; the file says its process id and the server's address.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_GRACE_SECONDS = 2.0
_LIFE_SECONDS = 10.0  # what ends sooner would end again
_LAST_BYTES = 4000
# Of <linux/prctl.h>: a signal when the parent dies, and orphaned descendants become this process's children.
_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36


def main(state_file: str, spec: str) -> int:
    """Run the commands of the spec, `{"url", "logs", "commands": {name: argv}}`, until told to stop."""
    with open(state_file, "a+", encoding="utf-8") as state:
        fcntl.flock(state, fcntl.LOCK_EX | fcntl.LOCK_NB)
        wanted = json.loads(spec)
        state.truncate(0)
        json.dump({"pid": os.getpid(), "url": wanted["url"]}, state)
        state.flush()
        _tell("ready")
        _prctl(_SET_CHILD_SUBREAPER, 1)
        wake = _wake_on(signal.SIGCHLD, signal.SIGTERM)
        logs = Path(wanted["logs"])
        components = [_Component(argv, logs / f"{name}.log") for name, argv in wanted["commands"].items()]
        _tell(_watch(components, wake))
        _end([component.process for component in components])
        end_session(os.getpid())
        _reap_orphans()
    return 0


def end_session(leader: int) -> None:
    """Kill every process of a session but its leader; tasks have process groups of their own."""
    killed: set[int] = set()
    while others := _members(leader) - killed:
        for pid in others:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed |= others


def _members(leader: int) -> set[int]:
    if os.path.isdir("/proc/self"):
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    else:
        listing = subprocess.run(["ps", "-axo", "pid="], check=True, stdout=subprocess.PIPE, text=True).stdout
        pids = [int(pid) for pid in listing.split()]
    return {pid for pid in pids if pid != leader and _session(pid) == leader}


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _wake_on(*signals: signal.Signals) -> int:
    """A file descriptor that turns readable when one of the signals comes."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for each in signals:
        signal.signal(each, lambda _number, _frame: None)
    return reader


class _Component:
    """One of Airflow's programs, running; its log is named for it."""

    def __init__(self, argv: list[str], log: Path) -> None:
        self._argv, self._log = argv, log
        log.write_bytes(b"")
        self.start()

    def start(self) -> None:
        self._started = time.monotonic()
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_keeper,
            )

    def ended(self) -> str:
        """Its name and exit code, if it has ended."""
        code = self.process.poll()
        return "" if code is None else f"{self._log.stem} {code}"

    def goes_on(self) -> bool:
        """Start it again, unless it would only end again."""
        lived = time.monotonic() - self._started
        if lived < _LIFE_SECONDS:
            return False
        words = self._log.read_bytes()[-_LAST_BYTES:].decode(errors="replace")
        print(
            f"{self.ended()}: started again after {lived:.0f} s; it ended with\n{words}",
            file=sys.stderr,
            flush=True,
        )
        self.start()
        return True


def _end_with_keeper() -> None:
    # For a keeper that is itself killed and can't tidy up.
    _prctl(_SET_PDEATHSIG, signal.SIGTERM)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value)


def _tell(line: str) -> None:
    # Whoever started this may be gone, and then nobody listens.
    with suppress(OSError):
        os.write(sys.stdout.fileno(), f"{line}\n".encode())


def _watch(components: list[_Component], wake: int) -> str:
    """Wait for a reason to end; tells the component that ended by itself, if that is the reason."""
    watched = [wake, sys.stdin.fileno()]
    while True:
        readable, _, _ = select.select(watched, [], [])
        if wake in readable and signal.SIGTERM in os.read(wake, 64):
            return ""
        for component in components:
            ended = component.ended()
            if ended and not component.goes_on():
                return ended
        if sys.stdin.fileno() in readable:
            if not os.read(sys.stdin.fileno(), 64):
                return ""
            watched.remove(sys.stdin.fileno())


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _GRACE_SECONDS
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _reap_orphans() -> None:
    with suppress(ChildProcessError):
        while True:
            os.wait()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
