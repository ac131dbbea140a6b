"""The end of a program with all that it has started, when the process that runs it is ended."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen


def end_tree(process: Popen[bytes]) -> None:
    """End a program and what it has started, and wait for the program. What has left our process group, as a
    service does, stays. A group of its own for each program would need job control for Ctrl-C and Ctrl-Z."""
    started = [pid for pid in find_descendants(process.pid) if _is_in_our_group(pid)]
    process.terminate()
    for pid in started:
        with suppress(OSError):  # it has ended by now
            os.kill(pid, signal.SIGTERM)
    process.wait()


def find_descendants(pid: int) -> list[int]:
    """Return the processes that one has started, and those that these have; none where /proc does not say
    so."""
    children: dict[int, list[int]] = {}
    with suppress(OSError):
        for name in filter(str.isdecimal, os.listdir("/proc")):
            children.setdefault(_parent_of(int(name)), []).append(int(name))
    result, following = list[int](), [pid]
    while following:
        started = children.pop(following.pop(), [])
        result += started
        following += started
    return result


def _parent_of(pid: int) -> int:
    """Return the parent of a process; 0 where it has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # The name in brackets may hold anything.
            return int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def _is_in_our_group(pid: int) -> bool:
    try:
        return os.getpgid(pid) == os.getpgrp()
    except OSError:
        return False
