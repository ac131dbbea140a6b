"""Answers that are read as they arrive, and what no real server sends on demand."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from airflowctl.api.stream import decode_text, read_lines, read_list
from airflowctl.core.errors import CliError
from airflowctl.core.rich_results import Line, Log
from airflowctl.domain import retry
from airflowctl.output import sanitise
from airflowctl.output.formats import load_format
from airflowctl.output.log import render_log
from airflowctl.output.style import Style
from airflowctl.output.traceback import traceback_lines as traceback
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

EVENTS: list[dict[str, Any]] = [
    {"event": "plain"},
    {
        "event": 'a "quoted" \\ line\u2028of two',
        "level": "info",
        "error_detail": [{"frames": [{"lineno": 1}]}],
    },
    {"event": "ünïcödé 🎉", "n": 1.5, "none": None, "list": [[], {}]},
]


def cut(text: str, size: int) -> Iterator[str]:
    return (text[place : place + size] for place in range(0, len(text), size))


def drained(made: Any) -> tuple[list[dict[str, Any]], Any]:
    """What a generator gives, and what it returns."""
    found = []
    while True:
        try:
            found.append(next(made))
        except StopIteration as end:
            return found, end.value


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_read_wherever_it_is_cut(size: int, indent: int | None) -> None:
    other = {"continuation_token": "x", "before": [1, {"content": []}]}
    for answer in ({"content": EVENTS, **other}, {**other, "content": EVENTS}):
        text = json.dumps(answer, indent=indent, ensure_ascii=False)
        assert drained(read_list(cut(text, size), "content", CliError)) == (EVENTS, other)


def test_old_forms_of_a_log_are_read_too() -> None:
    words = [{"event": "a"}, {"event": "b"}]
    assert drained(read_list(iter(['{"content":["a","b"]}']), "content", CliError)) == (words, {})
    assert drained(read_list(iter(['{"content":"a\\nb"}']), "content", CliError)) == (words, {})
    assert drained(read_list(iter(['{"content":[]}']), "content", CliError)) == ([], {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"content":[{"event":"a"}',
        "[]",
        '{"other":1}',
        '{"content":[x]}',
        "<html>",
        '{"content":' + "[" * 9999,
    ],
)
def test_what_is_no_such_answer_is_told(text: str) -> None:
    with pytest.raises(CliError):
        drained(read_list(cut(text, 5), "content", CliError))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_lines_end_at_line_feeds_alone(size: int) -> None:
    text = "\n".join(json.dumps(event, ensure_ascii=False) for event in EVENTS)
    assert list(read_lines(cut(text, size), CliError)) == EVENTS
    assert list(read_lines(cut(text + "\n", size), CliError)) == EVENTS


# A server that does what it is told.

INSTANCE = {"task_id": "t", "dag_id": "d", "dag_run_id": "r", "map_index": -1, "try_number": 1}


class Server:
    """A task of which each look and each reading of the log is the next of those it was given."""

    def __init__(self, version: str, states: list[Any], answers: list[Any]) -> None:
        self.version, self.states, self.answers = version, states, answers
        self.tokens: list[str] = []

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply({"version": self.version})
        if "/logs/" in request.path:
            self.tokens += request.query.get("token", [""])
            return self.next(self.answers)
        if "/taskInstances/" in request.path:
            return self.next(self.states)
        return reply({"detail": "no"}, 404)

    @staticmethod
    def next(what: list[Any]) -> Reply:
        made = what.pop(0) if len(what) > 1 else what[0]
        return made if isinstance(made, Reply) else reply(made)


def state(name: str | None, number: int = 1) -> dict[str, Any]:
    return {**INSTANCE, "state": name, "try_number": number}


def log(*words: str, token: str | None = None) -> dict[str, Any]:
    return {"content": [{"event": word} for word in words], "continuation_token": token}


Follow = Callable[..., Any]


@pytest.fixture
def follow(program: Program) -> Follow:
    def follow(server: Callable[[Request], Reply], *more: str) -> Any:
        with Stub(server) as stub:
            online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
            return online("logs", "d", "t", "r", "-f", "--raw", "--interval", "0.001", *more)

    return follow


BROKEN = [reply("Internal Server Error", 500, "text/plain"), reply({"detail": "busy"}, 503)]


def test_a_new_server_goes_on_from_its_token(follow: Follow) -> None:
    answers = [log("a", "b", token="1"), log("c", token="2"), log(token="2"), log("d")]
    server = Server("3.3.2", [state("running"), state("success")], answers)
    done = follow(server)
    assert (done.out.split(), done.code) == (["a", "b", "c", "d"], 0)
    assert server.tokens[:4] == ["", "1", "2", "2"]


def test_what_happens_meanwhile_is_told_once(follow: Follow) -> None:
    states = ["queued", "running", "deferred", "deferred", "up_for_reschedule", "success"]
    server = Server("3.3.2", [state(name) for name in states], [log("a", token="1"), log(token="1")])
    done = follow(server)
    assert (done.out.split(), done.code) == (["a"], 0)
    assert done.err.splitlines() == [
        "waiting for t to start (queued)",
        "t is deferred: it waits for its trigger",
        "t is up for reschedule: it looks again later",
        "t: success",
    ]


def test_a_try_that_failed_is_followed_by_the_next(follow: Follow) -> None:
    states = [state("running"), state("up_for_retry"), state("running", 2), state("success", 2)]
    done = follow(Server("3.3.2", states, [log("a"), log("a"), log("a"), log("b")]))
    assert (done.out.split(), done.code) == (["a", "b"], 0)
    assert done.err.splitlines() == [
        "try 1 of t failed: up for retry",
        "try 2 begins",
        "t: success at try 2",
    ]


@pytest.mark.parametrize("version", ["3.0.6", "3.1.8", "3.2.2"])
def test_an_older_server_sends_all_again_and_nothing_is_shown_twice(follow: Follow, version: str) -> None:
    answers = [log("a", token="1"), log("a", "a", token="2"), log("a", "a", "b")]
    server = Server(version, [state("running"), state("failed")], answers)
    done = follow(server)
    assert (done.out.split(), done.code) == (["a", "a", "b"], 5)
    assert set(server.tokens) == {""}


@pytest.mark.parametrize("version", ["3.0.6", "3.3.2"])
@pytest.mark.parametrize("late", [["1", "2"], ["2"], ["2", "3"], ["1", "2", "3", "5"]])
def test_a_line_that_comes_late_is_shown_and_moves_no_other(
    follow: Follow, version: str, late: list[str]
) -> None:
    """Airflow sorts the lines of a log by time at each reading; its token is how many lines were sent."""
    every = ["0", "1", "2", "3", "4", "5", "6"]
    moments = [sorted({"0", "4"} | set(every[: 5 if "5" not in late else 6]) - set(late)), every]
    server = Server(version, [state("running"), state("success")], [])

    def send(request: Request) -> Reply:
        if "/logs/" not in request.path:
            return server(request)
        lines = moments.pop(0) if len(moments) > 1 else moments[0]
        (token,) = request.query.get("token", ["0"])
        return reply(log(*lines[int(token) :], token=str(len(lines))))

    done = follow(send)
    assert sorted(done.out.split()) == every
    assert done.code == 0


def test_a_failure_or_two_does_not_end_it(follow: Follow) -> None:
    answers = [log("a", token="1"), *BROKEN, log("b")]
    done = follow(Server("3.3.2", [state("running"), *BROKEN, state("success")], answers))
    assert (done.out.split(), done.code) == (["a", "b"], 0)
    trying, again, _ = done.err.splitlines()
    assert trying.endswith("; still trying")
    assert again == "the server answers again"


def test_nothing_of_a_log_is_lost_by_a_failure_at_its_end(follow: Follow) -> None:
    over = Server("3.3.2", [state("success")], [BROKEN[1], log("a", "b")])
    ends = Server("3.3.2", [state("running"), state("success")], [log("a", token="1"), BROKEN[1], log("b")])
    for server in (over, ends):
        done = follow(server)
        assert (done.out.split(), done.code) == (["a", "b"], 0)


def test_a_server_that_stays_broken_ends_it(follow: Follow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_AWAY", 0.1)
    done = follow(Server("3.3.2", [state("running")], [log("a", token="1"), BROKEN[1]]))
    assert (done.out, done.code) == ("a\n", 3)
    assert "503" in done.err


def test_json_is_whole_even_where_the_log_breaks_off(follow: Follow) -> None:
    refused = reply({"detail": "Forbidden"}, 403)
    done = follow(Server("3.3.2", [state("running")], [log("a", token="1"), refused]), "-o", "json")
    assert [event["event"] for event in json.loads(done.out)] == ["a"]
    assert done.code == 4


def test_an_answer_that_is_no_log_is_told(follow: Follow) -> None:
    done = follow(Server("3.3.2", [state("running")], [reply("<html>", kind="text/html")]))
    assert (done.out, done.code) == ("", 1)
    assert "text/html" in done.err


def test_a_run_that_ended_without_the_task_is_told(program: Program) -> None:
    def answer(request: Request) -> Reply:
        return reply(state(None, 0) if "/taskInstances/" in request.path else {"state": "failed"})

    with Stub(answer) as stub:
        online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
        done = online("logs", "d", "t", "r", "-f", "--interval", "0.001")
    assert (done.out, done.code) == ("", 5)
    assert "r ended (failed) without t" in done.err


# What is shown of it.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "\x1b[1;31mred\x1b[0m"),
        ("\x1b[38;5;8mof many\x1b[m", "\x1b[38;5;8mof many\x1b[m"),
        ("\x1b[8mhidden\x1b[0;05mblinks", "hiddenblinks"),
        ("\x1b]0;title\x07\x1b[2J\x1b[31", "\\x1b]0;title\\x07\\x1b[2J\\x1b[31"),
        ("\x9b31m\u202e", "\\x9b31m\\u202e"),
    ],
)
def test_only_colours_stay_alive(text: str, shown: str) -> None:
    assert sanitise.keep_readable_colours(text) == shown
    assert "\x1b" not in sanitise.drop_colours(text)


def test_an_exception_of_any_form_is_told() -> None:
    def error(kind: str, **more: Any) -> dict[str, Any]:
        frame = {"filename": "/dags/d.py", "lineno": 3, "name": "f"}
        return {"exc_type": kind, "exc_value": "why", "frames": [frame], **more}

    told = traceback(
        [error("B"), error("A", is_cause=False, exc_notes=["a note"])], {("/dags/d.py", 3): "f()"}
    )
    assert told == [
        "Traceback (most recent call last):", '  File "/dags/d.py", line 3, in f', "    f()", "A: why",
        "a note", "",
        "During handling of the above exception, another exception occurred:", "",
        "Traceback (most recent call last):", '  File "/dags/d.py", line 3, in f', "    f()", "B: why",
    ]  # fmt: skip
    group = error("ExceptionGroup", is_group=True, exceptions=[[error("C")], {"stacks": [error("D")]}])
    assert [line for line in traceback([group], {}) if ": why" in line] == [
        "ExceptionGroup: why",
        "  | C: why",
        "  | D: why",
    ]
    problem = {"filename": "d.py", "lineno": 2, "line": "  x = = 1\n", "offset": 7, "msg": "invalid syntax"}
    assert traceback([error("SyntaxError", frames=[], syntax_error=problem)], {}) == [
        '  File "d.py", line 2', "    x = = 1", "        ^", "SyntaxError: invalid syntax",
    ]  # fmt: skip
    odds: tuple[Any, ...] = ("text", [1, "x"], [{}], [{"frames": "x", "exceptions": 3}], None)
    for odd in odds:
        traceback(odd, {})


# As it is read.


def shown(event: dict[str, Any], width: int | None) -> str:
    def lines() -> Generator[Line, None, int]:
        yield Line(event, "t")
        return 0

    style = Style(load_format("table" if width else "tsv"), None, True, width)
    return "".join(render_log(Log(lines()), style))


def test_a_fact_that_is_a_whole_object_is_cut_on_a_terminal_only() -> None:
    event = {"event": "Pushing xcom", "ti": "x" * 500, "key": "k"}
    assert shown(event, 80).rstrip().endswith(f"Pushing xcom  ti={'x' * 79}… key=k")
    assert f"ti={'x' * 500} key=k" in shown(event, None)


def test_each_piece_of_an_answer_is_waited_for() -> None:
    log: list[str] = []

    def send() -> Iterator[bytes]:
        for piece in (b"first ", "ø".encode()[:1], "ø".encode()[1:]):
            log.append("sent")
            yield piece

    @contextmanager
    def wait() -> Iterator[None]:
        log.append("wait")
        yield
        log.append("over")

    text = decode_text(httpx.Response(200, content=send()), "/logs", "http://h", 1.0, wait)
    assert "".join(text) == "first ø"
    assert log == ["wait", "sent", "over"] * 3 + ["wait", "over"]
