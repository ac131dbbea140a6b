"""Transcripts: lines, what each sends, what it prints and its exit code, as text that is run and compared.

$ airflowctl pools get p          run once, as from a shell; `airflowctl> ` runs in a session
< yes                             a line of stdin
> GET /api/v2/pools/p             a request; its body is behind it
name  p                           stdout
! a note                          stderr
[1]                               the exit code where it is not 0
"""

from __future__ import annotations

import _thread
import itertools
import json
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from airflowctl.core.command import Command
from airflowctl.execution import pipeline
from airflowctl.session import registry
from tests.support.documented_server import DAY, answer
from tests.support.paths import SAMPLES, TESTS
from tests.support.program import Program
from tests.support.shell_driver import Desk, written
from tests.support.stub import Reply, Request, Stub

# What is another one each time.
_CLOCK = r"(?:T|%20| )\d\d(?:(?::|%3A)\d\d){1,2}(?:\.\d+)?(?:Z|(?:%2B|\+)00(?::|%3A)00)?"
_TIME = re.compile(rf"(20\d\d-\d\d-\d\d){_CLOCK}")
_TOOK = re.compile(r"(?<=took )[\d.]+(?= s)")
_AGE = re.compile(r"\b\d+(?= d ago\b)")
_LASTING = re.compile(r"\b\d{3,} d \d\d h\b")
_REQUEST_ID = re.compile(r'("request_id": ")\w+')
ONCE, IN_SESSION, STDIN, CTRL_C = "$ airflowctl ", "airflowctl> ", "< ", "^C"


_USAGE_ERROR = "\n[2]"
FOLDER = TESTS / "commands" / "transcripts"


class Entry(NamedTuple):
    """A line of a transcript, with what stands below it."""

    prompt: str
    line: str
    stdin: str
    text: str


def read_entries(path: Path) -> list[Entry]:
    """The entries of a file, in order; what stands before the first is a comment."""
    return list(_entries(path.read_text(encoding="utf-8").splitlines()))


def _entries(lines: list[str]) -> Iterator[Entry]:
    starts = [number for number, line in enumerate(lines) if line.startswith((ONCE, IN_SESSION))]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        prompt = ONCE if lines[start].startswith(ONCE) else IN_SESSION
        stdin = [line.removeprefix(STDIN) for line in lines[start:end] if line.startswith(STDIN)]
        text = "\n".join(lines[start:end]).rstrip("\n")
        yield Entry(prompt, lines[start].removeprefix(prompt), "".join(f"{line}\n" for line in stdin), text)


def commands_in(entries: list[Entry]) -> set[str]:
    """The commands whose handlers the lines reach: no usage error, and no help instead."""
    lines = {words: command.line for command in registry.all_commands() for words in _spellings(command)}
    ran = set()
    for entry in entries:
        tokens = shlex.split(entry.line)
        if not entry.text.endswith(_USAGE_ERROR) and not {"--help", "-h"} & set(tokens):
            starts = [0, *(place + 1 for place, token in enumerate(tokens) if token == "|")]
            beginnings = (tuple(tokens[start : start + end]) for start in starts for end in (3, 2, 1))
            ran |= {lines[words] for words in beginnings if words in lines}
    return ran


def _spellings(command: Command) -> Iterator[tuple[str, ...]]:
    yield command.words
    yield from (tuple(other.split()) for other in command.aliases)


class Transcript:
    """Runs entries: those of a session one after the other in the same one."""

    def __init__(self, program: Program, stub: Stub) -> None:
        stub.answer = self._answer
        self._stub = stub
        self._program = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", TZ="UTC")
        self._desk: Desk | None = None
        self._is_interrupted = False

    def _answer(self, request: Request) -> Reply:
        if self._is_interrupted and len(_sent(self._stub.requests)) == 2:
            _thread.interrupt_main()
        return answer(request)

    def run(self, entry: Entry) -> str:
        """The entry as it is now."""
        self._stub.requests.clear()
        self._is_interrupted = entry.stdin == f"{CTRL_C}\n"
        line = entry.line.replace("{samples}", str(SAMPLES)).replace("http://server", self._stub.url)
        out, err, code = self._run_once(line, entry.stdin) if entry.prompt == ONCE else self._run_here(line)
        rows = [f"{entry.prompt}{entry.line}", *(f"{STDIN}{line}" for line in entry.stdin.splitlines())]
        rows += _sent(self._stub.requests)
        rows += [*out.splitlines(), *(f"! {line}".rstrip() for line in err.splitlines())]
        text = "\n".join([*rows, f"[{code}]"] if code else rows)
        names = {self._stub.url: "http://server", str(SAMPLES): "{samples}", str(Path.cwd()): "{folder}"}
        for found, name in names.items():
            text = text.replace(found, name)
        fixed = (DAY, entry.line)
        text = _TIME.sub(lambda time: time[0] if any(time[1] in it for it in fixed) else "{time}", text)
        text = _AGE.sub("{days}", _LASTING.sub("{days} d", _TOOK.sub("{time}", text)))
        return _REQUEST_ID.sub(r"\1{id}", text)

    def _run_once(self, line: str, stdin: str) -> tuple[str, str, int]:
        return self._program(*shlex.split(line), stdin=stdin, columns=100)

    def _run_here(self, line: str) -> tuple[str, str, int]:
        # Wide, so that the length of a temporary folder's name breaks no line elsewhere.
        self._desk = self._desk or Desk(self._program, columns=400)
        streams = self._desk.session.streams
        out, err = len(written(streams.stdout)), len(written(streams.stderr))
        code = pipeline.run_all(pipeline.parse_commands(line), self._desk.session)
        self._desk.session.parts.memory.add_line(line, code)
        return written(streams.stdout)[out:], written(streams.stderr)[err:], code


def _sent(requests: list[Request]) -> list[str]:
    """The requests in order; reads that follow each other are sorted, for some are sent at the same time."""
    lines: list[str] = []
    for reads, group in itertools.groupby(requests, lambda request: request.method == "GET"):
        shown = [f"> {_describe(request)}" for request in group if not _is_usual(request)]
        lines += sorted(shown) if reads else shown
    return lines


def _is_usual(request: Request) -> bool:
    return request.method == "GET" and request.path.endswith("/version")


def _describe(request: Request) -> str:
    body = request.body.decode()
    with suppress(ValueError):  # httpx before 0.28 wrote spaces between the values
        body = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
    return f"{request.method} {request.target}" + (f" {body}" if body else "")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-transcripts", action="store_true", help="write them as they are now, to be read"
    )
