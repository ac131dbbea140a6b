"""The classic `airflow` command as a test uses it: `done = classic("dags", "list", "-o", "json")`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local_airflow import LocalAirflow, places

from tests.support.program import Done

_DRIVER = Path(__file__).parent / "servers" / "classic_cli.py"


class Classic:
    """The classic command in the home of a server, in one process for all lines. Close it, or use `with`."""

    def __init__(self, airflow: LocalAirflow) -> None:
        read, write = os.pipe()
        self._log = (airflow.home / "classic.log").open("wb")
        python = places.installation(airflow.version) / "venv" / "bin" / "python"
        self._process = subprocess.Popen(
            [python, _DRIVER, str(write)],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            pass_fds=(write,),
            env={**airflow.environment, "COLUMNS": "200"},
        )
        os.close(write)
        self._answers = os.fdopen(read, encoding="utf-8")

    def __call__(self, *words: str) -> Done:
        """Run one line."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._answers.readline()
        assert answer, "the classic command has ended; see classic.log in its home"
        return Done(**json.loads(answer))

    def json(self, *words: str) -> Any:
        """The JSON that a line prints with `-o json`: its last line, after what it logs."""
        done = self(*words, "-o", "json")
        assert done.code == 0, done
        text = next((line for line in reversed(done.lines) if line[:1] in ("[", "{")), "")
        assert text, done
        return json.loads(text)

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)
        self._answers.close()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
