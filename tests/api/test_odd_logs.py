"""What a task's log says of its exception may be of any shape: a process of the user wrote it. Each command
that reads a log prints what it can, and never ends by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from airflowctl.output.traceback import traceback_lines
from tests.support.documented_server import answer
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

_FRAME = {"filename": "etl.py", "lineno": 3, "name": "load"}
_ERROR = {"exc_type": "ValueError", "exc_value": "no", "frames": [_FRAME]}
_ODD: tuple[Any, ...] = (None, 7, True, "text", {}, {"a": 1}, [], [None], [7], ["a"], [[]], [{}])
_LINES = (
    "logs d t r --unfold -o plain", "logs d t r -o json", "logs d t r --level error", "logs d t r --grep no",
    "dagrun logs d r", "why d r", "diagnose", "tasks debug d t r",
)  # fmt: skip


def log_of(*events: object) -> Any:
    """A server where all has failed, and every log holds these events."""

    def made(request: Request) -> Reply:
        if "/logs/" in request.path:
            return reply({"content": list(events), "continuation_token": None})
        good = answer(request)
        return good._replace(body=good.body.replace(b'"state": "success"', b'"state": "failed"'))

    return made


@pytest.mark.parametrize(
    "field", ["frames", "exc_notes", "exceptions", "syntax_error", "exc_type", "is_cause"]
)
@pytest.mark.parametrize("line", _LINES)
def test_a_detail_of_an_exception_may_be_of_any_type(
    online: Program, stub: Stub, line: str, field: str
) -> None:
    events = [{"event": "e", "level": "error", "error_detail": [{**_ERROR, field: odd}]} for odd in _ODD]
    stub.answer = log_of(*events)
    done = online(*line.split())
    assert "fault in airflowctl" not in done.err + done.out
    assert done.code in (0, 1), done.err


@pytest.mark.parametrize("odd", _ODD, ids=repr)
@pytest.mark.parametrize("line", _LINES)
def test_the_exceptions_themselves_may_be_of_any_type(
    online: Program, stub: Stub, line: str, odd: object
) -> None:
    stub.answer = log_of({"event": odd, "level": odd, "timestamp": odd, "logger": odd, "error_detail": odd})
    done = online(*line.split())
    assert "fault in airflowctl" not in done.err + done.out
    assert done.code in (0, 1), done.err


@pytest.mark.parametrize("offset", [-1, 0, 10**12, 10**30, "4", None, 1.5, True])
def test_the_mark_of_a_syntax_error_is_no_longer_than_its_line(offset: object) -> None:
    problem = {"filename": "etl.py", "lineno": 1, "line": "a b", "offset": offset, "msg": "no"}
    lines = traceback_lines([{**_ERROR, "syntax_error": problem}], {})
    assert max(map(len, lines)) < 100


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
@pytest.mark.parametrize("form", ["ndjson", "json"])
@pytest.mark.parametrize(
    "line", ["logs d t r -o json", "logs d t r -o jsonl", "logs d t r", "why d r -o json"]
)
def test_a_number_that_json_does_not_have_is_in_no_result(
    online: Program, stub: Stub, line: str, form: str, number: str
) -> None:
    event = f'{{"event": "first", "n": {number}}}'

    def made(request: Request) -> Reply:
        if "/logs/" in request.path and form == "ndjson":
            return reply(f'{{"event": "before"}}\n{event}\n', 200, "application/x-ndjson")
        if "/logs/" in request.path:
            return reply(f'{{"content": [{{"event": "before"}}, {event}], "continuation_token": null}}')
        return log_of()(request)

    stub.answer = made
    done = online(*line.split())
    assert (done.code, "unexpected" in done.err) == (1, False), done.err
    for text in done.out.splitlines() if "jsonl" in line else [done.out] if "json" in line else []:
        json.loads(text, parse_constant=_refuse)


def _refuse(word: str) -> None:
    raise ValueError(word)


def test_a_letter_that_is_half_of_one_is_printed_as_json_writes_it(online: Program, stub: Stub) -> None:
    stub.answer = log_of({"event": "half \ud800 of it"})
    assert online("logs", "d", "t", "r", "-o", "json").json[0]["event"] == "half \ud800 of it"
    assert "\\ud800" in online("logs", "d", "t", "r").out
