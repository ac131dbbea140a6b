"""A request ends at `--max-time`, however a server keeps it busy: with headers, a body, a greeting, or by
taking what it is sent a few bytes at a time."""

from __future__ import annotations

import json
import select
import socket
import time
from contextlib import suppress

import httpx
import pytest

from airflowctl.api import deadline
from tests.support.program import Done, Program
from tests.support.stub import Listener, Wire

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LINES = {
    "get": ("pools", "get", "p"),
    "list": ("dags", "list"),
    "logs": ("logs", "d", "t", "r"),
    "follow": ("logs", "-f", "d", "t", "r"),
    "wait": ("dagrun", "wait", "d", "r"),
    "api": ("api", "GET", "/api/v2/pools"),
    "change": ("pools", "delete", "p", "--yes"),
    "login": ("auth", "login", "--username", "ann", "--password-stdin"),
}


def drip(connection: socket.socket, data: bytes, start: bytes = b"") -> None:
    """Send a byte each 50 ms, without an end, until the client closes the connection."""
    with suppress(OSError):
        connection.sendall(start)
        sent = 0
        while not select.select([connection], [], [], 0.05)[0]:
            connection.sendall(data[sent % len(data) :][:1])
            sent += 1


DRIPS: dict[str, tuple[bytes, bytes]] = {
    "status line": (b"HTTP/1.1 200 ", b"x"),
    "header": (HEAD + b"X: ", b"x"),
    "headers": (HEAD, b"X: 1\r\n"),
    "100": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "body without a length": (HEAD + b"\r\n", b" "),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "error": (b"HTTP/1.1 400 No\r\nContent-Length: 100000\r\n\r\n", b" "),
    "gzip": (HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\0\0\0\xff\xff"),
}


def run(program: Program, url: str, *argv: str) -> tuple[Done, float]:
    began = time.monotonic()
    own = program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="to.ke.n")
    return own(*argv, stdin="secret\n"), time.monotonic() - began


def refuses_slowness(done: Done, took: float, url: str) -> None:
    assert (done.out, done.code) == ("", 3)
    assert done.err.count("error: ") == 1
    assert f"error: {url} has not answered" in done.err
    assert " whole within 0.2 s" in done.err
    assert 0.15 < took < 30


@pytest.mark.parametrize("name", DRIPS)
def test_a_dripping_server_does_not_hold_a_request(program: Program, name: str) -> None:
    start, data = DRIPS[name]
    with Wire(lambda connection, _: drip(connection, data, start)) as wire:
        done, took = run(program, wire.url, "pools", "get", "p", "--max-time", "0.2")
        refuses_slowness(done, took, wire.url)
        assert len(wire.requests) == 1


@pytest.mark.parametrize("line", LINES)
def test_the_time_is_limited_for_every_kind_of_line(
    program: Program, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("airflowctl.domain.retry._AWAY", 0.1)  # what follows would wait for a restart
    start, data = DRIPS["header"]
    with Wire(lambda connection, _: drip(connection, data, start)) as wire:
        done, took = run(program, wire.url, *LINES[line], "--max-time", "0.2")
        refuses_slowness(done, took, wire.url)


@pytest.mark.parametrize(("changes", "words"), [(False, "--max-time SECONDS"), (True, "may have been done")])
def test_what_to_do_is_in_the_error(program: Program, changes: bool, words: str) -> None:
    start, data = DRIPS["body"]
    with Wire(lambda connection, _: drip(connection, data, start)) as wire:
        line = LINES["change" if changes else "get"]
        done, _ = run(program, wire.url, *line, "--max-time", "0.2", "-o", "json")
        assert words in json.loads(done.err)["error"]["hint"]


def test_a_server_that_takes_a_request_slowly_does_not_hold_it(program: Program) -> None:
    class Slow(Listener):
        def serve(self, connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                while connection.recv(100):
                    select.select([], [], [], 0.05)

    with Slow() as slow:
        body = json.dumps({"value": "x" * 20_000_000})
        began = time.monotonic()
        own = program.with_environ(AIRFLOWCTL_URL=slow.url, AIRFLOW_CLI_TOKEN="to.ke.n")
        done = own(
            "api", "POST", "/api/v2/variables", "--yes", "--body", "-", "--max-time", "0.2", stdin=body
        )
        refuses_slowness(done, time.monotonic() - began, slow.url)


def test_a_greeting_of_tls_is_limited(program: Program) -> None:
    class Greeting(Listener):
        def serve(self, connection: socket.socket) -> None:
            with connection:
                connection.recv(65536)
                drip(connection, b"\0", b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb")

    with Greeting() as server:
        url = server.url.replace("http:", "https:")
        done, took = run(program, url, "pools", "get", "p", "--max-time", "0.2")
        refuses_slowness(done, took, url)


def test_a_proxy_does_not_hold_a_request(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    with Wire(lambda connection, _: drip(connection, b"x", b"HTTP/1.1 200 ")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        url = "https://airflow.example"
        done, took = run(program, url, "pools", "get", "p", "--max-time", "0.2")
        refuses_slowness(done, took, url)
        assert proxy.requests[0].startswith(b"CONNECT ")


@pytest.mark.parametrize("line", ["get", "list", "api", "change", "login"])
def test_there_is_a_limit_without_the_option(
    program: Program, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deadline.WHOLE == 300
    monkeypatch.setattr(deadline, "WHOLE", 0.2)
    start, data = DRIPS["headers"]
    with Wire(lambda connection, _: drip(connection, data, start)) as wire:
        done, took = run(program, wire.url, *LINES[line])
        refuses_slowness(done, took, wire.url)


def slow_log(connection: socket.socket) -> None:
    """A log of 20 lines that takes a second."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n")
        for number in range(20):
            connection.sendall(b'{"event": "line %d"}\n' % number)
            select.select([connection], [], [], 0.05)


def task(connection: socket.socket) -> None:
    """Answer with the instance of a task that is over."""
    path = {"dag_id": "d", "dag_run_id": "r", "task_id": "t", "map_index": -1}
    body = json.dumps({**path, "state": "success", "try_number": 1}).encode()
    connection.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


@pytest.mark.parametrize(
    ("options", "code"), [((), 0), (("--max-time", "0"), 0), (("--max-time", "0.5"), 3), (("-f",), 0)]
)
def test_a_log_is_limited_where_the_line_says_so(
    program: Program, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], code: int
) -> None:
    monkeypatch.setattr(deadline, "WHOLE", 0.5)  # a busy machine has to answer within it
    monkeypatch.setattr("airflowctl.domain.retry._AWAY", 0.1)
    with Wire(lambda it, _: (slow_log if b"/logs/" in wire.requests[-1] else task)(it)) as wire:
        done, _ = run(program, wire.url, "logs", "d", "t", "r", "--try", "1", *options)
        assert done.code == code, done.err
        assert ("line 19" in done.out) is (code == 0)


@pytest.mark.parametrize(
    ("variable", "options", "seconds"),
    [
        ("", (), 300.0),
        ("7", (), 7.0),
        ("7", ("--max-time", "0"), 0.0),
        ("0", (), 0.0),
        ("x", ("--max-time=9",), 9.0),
    ],
)
def test_the_time_is_set(
    online: Program, variable: str, options: tuple[str, ...], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []
    handle = deadline.DeadlineTransport.handle_request

    def record(self: deadline.DeadlineTransport, request: httpx.Request) -> httpx.Response:
        limits.append(request.extensions["max_time"])
        return handle(self, request)

    monkeypatch.setattr(deadline.DeadlineTransport, "handle_request", record)
    assert online.with_environ(AIRFLOWCTL_MAX_TIME=variable)(*LINES["get"], *options).code == 0
    assert limits == [seconds]


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "1e9", "inf"])
def test_a_time_that_is_none_is_refused(online: Program, text: str) -> None:
    done = online.with_environ(AIRFLOWCTL_MAX_TIME=text)(*LINES["get"])
    assert (done.out, done.code) == ("", 2)
    assert f"AIRFLOWCTL_MAX_TIME is '{text}'" in done.err
    assert online(*LINES["get"], f"--max-time={text}").code == 2


def test_requests_of_one_connection_have_a_time_each(online: Program) -> None:
    file = "\n".join(["pools get p"] * 30)
    assert online("-f", "-", "--max-time", "2", stdin=file).code == 0


def test_a_wait_for_a_run_by_its_operation_has_no_limit() -> None:
    limits = deadline.TimeLimits()
    assert limits.of_operation("wait_dag_run_until_finished").arguments["extensions"] == {"max_time": 0.0}
    assert limits.of_operation("get_pool") is limits
