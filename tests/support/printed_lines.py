"""The lines to run next that a run has printed, and where they lead."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

import httpx
from local_airflow import LocalAirflow

from airflowctl.core.parse import parse_tokens
from airflowctl.session.command_lookup import CommandLookup
from completers.tokenizer import words
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply

# A line ends where its sentence goes on.
_LINE = re.compile(r"\bairflowctl (?!itself)[^\n]*?(?=; |\)|\n|$)")
_TYPED = re.compile(
    r"(?:\b(?:see|run|again|with|write): |^  (?!.*: ))(?P<line>[a-z-][^\n]*?)(?=; |\)|\n|$)", re.MULTILINE
)
# What a line leaves to the user to add.
_OPEN = {("pools", "update"): ("--slots", "3")}


def lines_of(done: Done) -> list[str]:
    """Every line of airflowctl in what a run wrote: of a report, of its JSON, of hints and notes."""
    out = done.out
    if out.lstrip().startswith(("{", "[")):
        out = "\n".join(_texts(json.loads(out)))
    return [found[0].rstrip() for found in _LINE.finditer(f"{out}\n{done.err}")]


def typed_lines_of(done: Done) -> list[str]:
    """Every line to run next in the errors of a shell, which has them as they are typed there."""
    return [found["line"].rstrip() for found in _TYPED.finditer(done.err)]


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        yield from (text for value in data.values() for text in _texts(value))
    elif isinstance(data, list):
        yield from (text for value in data for text in _texts(value))
    elif isinstance(data, str):
        yield data


def tokens_of(line: str) -> list[str]:
    """The words of a line after `airflowctl`. Our quoting and a POSIX shell's must agree, and our parser
    must understand it."""
    ours = words(line)
    assert ours == shlex.split(line), line
    parse_tokens(ours, CommandLookup({})).bind()
    return ours[1:]


class Relay(Stub):
    """A server of its own before a real Airflow: what it is asked is recorded and asked there, as a user of
    that Airflow. While it is `closed` it only records."""

    def __init__(self, airflow: LocalAirflow, token: str) -> None:
        self.closed = False
        self._there = httpx.Client(
            base_url=airflow.url, headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        super().__init__(self._ask)

    def _ask(self, request: Request) -> Reply:
        if self.closed:
            return reply({"detail": "closed"}, 418)
        kept = {name: request.headers[name] for name in ("accept", "content-type") if name in request.headers}
        answer = self._there.request(request.method, request.target, headers=kept, content=request.body)
        return Reply(answer.content, answer.status_code, (("Content-Type", answer.headers["content-type"]),))


def reached(program: Program, line: str, servers: dict[str, Stub]) -> set[str]:
    """The names of the servers that a line asks in a new process of the same home."""
    before = {name: len(server.requests) for name, server in servers.items()}
    tokens = tokens_of(line)
    more = next((more for begin, more in _OPEN.items() if " ".join(begin) in " ".join(tokens)), ())
    done = program(*tokens, *more, "--yes", stdin="\n")
    assert done.code != 2, (line, done)
    return {name for name, server in servers.items() if len(server.requests) > before[name]}
