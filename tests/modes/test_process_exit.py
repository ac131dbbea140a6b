"""How the process ends, also while a thread that nobody waits for still works."""

from __future__ import annotations

import subprocess
import sys

import pytest

_BUSY = 'background("asks", lambda: time.sleep(60), lambda: None)'


@pytest.mark.parametrize(("work", "finalised"), [(_BUSY, ""), ("", "finalised\n")], ids=["busy", "idle"])
@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("return 5", 5),
        ("raise KeyboardInterrupt", 130),
        ("raise SystemExit(143)", 143),
    ],
    ids=["code", "ctrl-c", "signal"],
)
def test_the_interpreter_does_not_end_under_a_thread(work: str, finalised: str, end: str, code: int) -> None:
    """It crashes now and then where it does: a shell left in its first second ended with 134 or 139."""
    program = f"""
import atexit, sys, time
from airflowctl import main as program
from airflowctl.__main__ import run
from airflowctl.core.background import background

def main():
    {work or "pass"}
    print("written", flush=True)
    {end}

atexit.register(print, "finalised")
program.main = main
sys.exit(run())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.stdout, done.returncode) == (f"written\n{finalised}", code), done.stderr


def test_a_program_whose_files_were_overwritten_says_so() -> None:
    code = (
        "import sys; sys.modules['airflowctl.__main__'] = None; "
        "from airflowctl.launch import run; sys.exit(run())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 1)
    assert done.stderr.startswith("error: files of airflowctl-shell are missing, or another package")
