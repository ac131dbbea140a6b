"""Answers of a real Airflow to one line, recorded once and given again: what was asked, and what came."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from airflowctl.domain.diagnosis import last_success, tasks
from tests.support.paths import SAMPLES
from tests.support.program import Done, Program
from tests.support.stub import JSON, Reply, Request, Stub, reply

FOLDER = SAMPLES / "situations"
_KEPT = ("accept", "content-type", "authorization")


@contextmanager
def no_comparison() -> Iterator[None]:
    """Within the block `why` says what is the matter, and compares it with no earlier run."""
    with (
        mock.patch.object(last_success, "changes", lambda *_: []),
        mock.patch.object(tasks, "usual_seconds", lambda *_: None),
    ):
        yield


class Recorder(Stub):
    """A server of its own before a real Airflow, which keeps what that answers."""

    def __init__(self, url: str) -> None:
        self.answers: dict[str, list[Any]] = {}
        self._there = httpx.Client(base_url=url, timeout=60, trust_env=False)
        super().__init__(self._ask)

    def _ask(self, request: Request) -> Reply:
        kept = {name: request.headers[name] for name in _KEPT if name in request.headers}
        answer = self._there.request(request.method, request.target, headers=kept, content=request.body)
        kind = answer.headers.get("content-type", JSON)
        self.answers[request.target] = [answer.status_code, kind, answer.text]
        return Reply(answer.content, answer.status_code, (("Content-Type", kind),))


def record(program: Program, line: str, path: Path) -> Done:
    """Run `why LINE`, and keep all that the server answered."""
    with Recorder(program.environ["AIRFLOWCTL_URL"]) as server:
        done = program.with_environ(AIRFLOWCTL_URL=server.url)("why", *line.split())
        answers = dict(sorted(server.answers.items()))
    text = json.dumps(answers, indent=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    return done


def file_of(name: str, version: str = "") -> Path:
    """Where the answers of a situation are kept: of the newest Airflow, or of an older one."""
    return FOLDER / version / f"{''.join(it if it.isalnum() else '_' for it in name)}.json.gz"


class Replay:
    """Gives recorded answers; what was not asked then is not found."""

    def __init__(self, path: Path) -> None:
        self.answers: dict[str, list[Any]] = json.loads(gzip.decompress(path.read_bytes()))
        self.unknown: list[str] = []

    def __call__(self, request: Request) -> Reply:
        if request.target not in self.answers:
            self.unknown.append(request.target)
            return reply({"detail": "not recorded"}, 404)
        status, kind, text = self.answers[request.target]
        return Reply(text.encode(), status, (("Content-Type", kind),))
