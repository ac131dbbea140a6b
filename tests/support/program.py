"""The program as a test uses it: `done = program("dags", "list")`, then `done.out`, `.err`, `.code`."""

from __future__ import annotations

import io
import json
import os
import subprocess
from typing import Any, NamedTuple

from airflowctl.main import main
from airflowctl.output.streams import Streams
from tests.support.processes import start, start_new

# Whatever is set on this machine must not reach the program under test.
NO_KEYRING = {
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    "AIRFLOWCTL_STORE": "keyring",  # else the kernel's, which tests would share
    "AIRFLOWCTL_RETRY_FOR": "0",  # what a test answers is not asked for twice
    "AIRFLOWCTL_CLASSIC": "0",  # no note on what the classic command would print into a pipe
}

_PIPES: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)


class Done(NamedTuple):
    """What a run left behind."""

    out: str
    err: str
    code: int

    @property
    def json(self) -> Any:
        assert self.out, self  # else the failure would not say what the program printed instead
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Program:
    """Runs the program with an environment of its own."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = {**NO_KEYRING, **environ}

    def with_environ(self, **more: str) -> Program:
        return Program({**self.environ, **more})

    def __call__(
        self,
        *argv: str,
        stdin: str = "",
        terminal: bool = False,
        columns: int = 80,
        answers: str | None = None,
    ) -> Done:
        """In this process. `terminal`: stdout is one; `answers`: a person sits there and types this."""
        make = Terminal if terminal else io.StringIO
        keyboard: io.StringIO = io.StringIO(stdin) if answers is None else Terminal(answers)
        out, err = make(), (io.StringIO() if answers is None else Terminal())
        code = main(list(argv), Streams(keyboard, out, err, self.environ, columns))
        return Done(out.getvalue(), err.getvalue(), code)

    def process(self, *argv: str, stdin: str | bytes | None = "", timeout: float = 60) -> Done:
        """As a process of its own, as a script would run it; forked from an interpreter that is loaded."""
        return _finish(start(argv, env=self.process_environ, **_PIPES), stdin, timeout)

    def new_process(self, *argv: str, stdin: str | bytes | None = "", timeout: float = 60) -> Done:
        """The same with an interpreter of its own, for what happens while one starts."""
        return _finish(start_new(argv, env=self.process_environ, **_PIPES), stdin, timeout)

    @property
    def process_environ(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], **self.environ}


def _finish(running: subprocess.Popen[Any], stdin: str | bytes | None, timeout: float) -> Done:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    with running:
        try:
            out, err = running.communicate(data, timeout)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    return Done(out.decode(), err.decode(), running.returncode)
