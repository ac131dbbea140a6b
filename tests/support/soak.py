"""A shell that runs for long: on a terminal, against a server that is killed and started again meanwhile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.support.program import Program
from tests.support.screen import Screen

ROOT = Path(__file__).resolve().parent.parent.parent
# A server in a process of its own, on the port that its argument says: it answers with what it was asked for.
SERVER = """
import sys
from tests.support.stub import Stub, lets_in, reply
def answer(request):
    kind, _, name = request.path.removeprefix("/api/v2/").partition("/")
    if kind == "pools" and name:
        return reply({"name": name, "slots": 1})
    if kind == "pools":
        return reply({"pools": [{"name": f"p{n}"} for n in range(50)], "total_entries": 50})
    return lets_in(request)
with Stub(answer, port=int(sys.argv[1])) as stub:
    print(stub.url, flush=True)
    sys.stdin.read()
"""


_NAMES = 100  # the shell learns each name that it sees, for completion


class Sample(NamedTuple):
    """The state of the shell after so many commands; memory is in kB."""

    commands: int
    memory: int
    files: int


class Server:
    """The server's process, which can be killed and started again on the same port."""

    def __init__(self) -> None:
        self._process, self.url = self._start(0)

    def restart(self) -> None:
        self.stop()
        self._process, _ = self._start(int(self.url.rpartition(":")[2]))

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self, port: int) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        return process, process.stdout.readline().strip()


def run_shell(home: Path, commands: int, restarts: int, samples: int) -> Iterator[Sample]:
    """Type so many commands, and restart the server so often between them; yield samples, evenly spread.
    Raises AssertionError for an answer that is wrong or does not come."""
    server = Server()
    program = Program(
        {
            "HOME": str(home),
            "AIRFLOWCTL_HOME": str(home / "own"),
            "AIRFLOWCTL_URL": server.url,
            "AIRFLOW_CLI_TOKEN": "t.o.k",
            "AIRFLOWCTL_RETRY_FOR": "30",
        }
    )
    try:
        with Screen(program, command=[sys.executable, "-m", "airflowctl"]) as screen:
            screen.prompt()
            for number in range(1, commands + 1):
                if restarts and number % max(1, commands // restarts) == 0:
                    server.restart()
                _run_command(screen, number)
                if number % max(1, commands // samples) == 0:
                    yield _sample(screen.pid, number)
            screen.type("\x04")
            assert screen.end() == 0
    finally:
        server.stop()


def _run_command(screen: Screen, number: int) -> None:
    """Type one of several commands, and wait for its answer and the next prompt."""
    screen.raw = ""
    if number % 10 == 0:  # the screen is full of other answers, which are taken away first
        screen.type("pools list --limit 3 -o name\n")
        screen.until_true(lambda: "\np2\r" in screen.raw or "\r\np2" in screen.raw, "the last of three pools")
    elif number % 10 == 5:
        screen.type("pools gett\n")
        screen.until_true(lambda: "unknown command" in screen.raw, "an error")
    else:
        name = f"soak-{number % _NAMES}-end"
        screen.type(f"pools get {name} -o json --query name\n")
        screen.until_true(lambda: f'"{name}"' in screen.raw, f"answer {number}")
    assert "Traceback" not in screen.raw
    assert "fault in airflowctl" not in screen.raw
    screen.prompt()


def _sample(process: int, number: int) -> Sample:
    status = Path(f"/proc/{process}/status").read_text()
    memory = int(status.partition("VmRSS:")[2].split()[0])
    files = 0
    with suppress(OSError):
        files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return Sample(number, memory, files)
