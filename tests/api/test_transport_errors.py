"""What goes wrong between this program and a server: one line that names it, and the right exit code."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from airflowctl.api.transport_errors import transport_error
from airflowctl.core.errors import TimedOut
from airflowctl.domain import polling
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, Wire, reply


def _part(facts: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).rstrip(b"=").decode()


TOKEN = f"{_part({'alg': 'HS512'})}.{_part({'sub': 'ann'})}.c2lnbmF0dXJl"
POOL = {"name": "p", "slots": 1, "open_slots": 1, "description": None}
VERSION = {"version": "3.3.2", "git_version": None}


def at(program: Program, url: str, **more: str) -> Program:
    """The program with that server and a token."""
    return program.with_environ(**{"AIRFLOWCTL_URL": url, "AIRFLOW_CLI_TOKEN": TOKEN, **more})


def answered(program: Program, stub: Stub, made: Reply, *argv: str) -> Done:
    stub.answer = lambda request: made
    return at(program, stub.url)(*(argv or ("pools", "get", "p")))


def problem(done: Done) -> dict[str, Any]:
    """The error of a run with -o json."""
    assert done.out == ""
    found = json.loads(done.err)
    assert list(found) == ["error"]
    error: dict[str, Any] = found["error"]
    return error


# What answers is no Airflow.

PAGE = "<!doctype html><html><body>Sign in</body></html>"


@pytest.mark.parametrize(
    "made",
    [
        reply(PAGE, kind="text/html; charset=utf-8"),
        reply(PAGE, 404, "text/html"),
        reply(PAGE, 405, "text/html"),
        reply("", 404, "text/html"),
        Reply(b"hello", 200, ()),
        Reply(b"\xff\xfe\x00", 400, (("Content-Type", "application/octet-stream"),)),
        reply('{"name": "p", "slo', 200),
        reply("", 302, Location="https://login.example.org/"),
        reply("", 307, Location="https://login.example.org/"),
        reply("", 301),
    ],
    ids=["page", "page 404", "page 405", "empty 404", "no type", "bytes", "cut JSON", "302", "307", "301"],
)
def test_what_is_not_airflow_is_named_so(program: Program, stub: Stub, made: Reply) -> None:
    done = answered(program, stub, made)
    assert (done.out, done.code) == ("", 1)
    assert f"error: {stub.url} " in done.err
    assert "is this the address of the Airflow 3 API server" in done.err
    assert "<html" not in done.err
    assert len(done.err.splitlines()) == 2
    assert len(stub.requests) == 1


def test_a_redirect_is_never_followed_and_the_token_stays(program: Program, stub: Stub) -> None:
    with Stub() as other:
        done = answered(program, stub, reply("", 307, Location=f"{other.url}/api/v2/pools/p"))
        assert done.code == 1
        assert f"redirects to {other.url}/api/v2/pools/p" in done.err
        assert (len(stub.requests), other.requests) == (1, [])


NO_OBJECTS = ["[1, 2]", "[]", '"text"', "null", "17", "true"]
OTHERS = [
    *[(argv, body) for argv in (("pools", "list"), ("pools", "get", "p")) for body in NO_OBJECTS],
    *[(("version", "--remote"), body) for body in NO_OBJECTS],
    (("pools", "list"), '{"status": "ok"}'),
    (("tasks", "list", "etl"), '{"status": "ok"}'),
    (("version", "--remote"), '{"status": "ok"}'),
]


@pytest.mark.parametrize(("argv", "body"), OTHERS)
def test_json_of_another_program_is_not_airflow(
    program: Program, stub: Stub, argv: tuple[str, ...], body: str
) -> None:
    done = answered(program, stub, reply(body), *argv)
    assert (done.out, done.code) == ("", 1)
    assert "unexpected" not in done.err
    assert stub.url in done.err


def test_json_nested_too_deeply_is_no_traceback(program: Program, stub: Stub) -> None:
    done = answered(program, stub, reply("[" * 200_000))
    assert (done.out, done.code) == ("", 1)
    assert "is this the address" in done.err


# The connection.


def refused_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as closed_again:
        return f"http://127.0.0.1:{closed_again.getsockname()[1]}"


def test_nothing_listens(program: Program) -> None:
    url = refused_port()
    done = at(program, url)("pools", "list")
    assert (done.out, done.code) == ("", 3)
    assert done.err.startswith(f"error: nothing answers at {url} (connection refused)\n")


@pytest.mark.parametrize(
    "fault",
    [
        socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
        socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
        socket.gaierror(8, "nodename nor servname provided, or not known"),
    ],
    ids=["glibc", "glibc, no network", "macOS"],
)
def test_a_name_that_nobody_knows(program: Program, monkeypatch: pytest.MonkeyPatch, fault: OSError) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    done = at(program, "http://airflow.invalid:8080")("pools", "list", "--insecure-http")
    assert (done.out, done.code) == ("", 3)
    assert "the host name 'airflow.invalid' is not known" in done.err


@pytest.mark.parametrize("method", [("pools", "list"), ("dags", "trigger", "etl")])
def test_a_server_that_hangs_is_left_after_the_time_given(program: Program, method: tuple[str, ...]) -> None:
    over = threading.Event()

    def hang(connection: socket.socket, _: int) -> None:
        over.wait(10)

    with Wire(hang) as wire:
        done = at(program, wire.url)(*method, "--request-timeout", "0.3")
        over.set()
        assert (done.out, done.code) == ("", 3)
        assert f"no answer from {wire.url} to " in done.err
        assert "0.3 s" in done.err
        assert len(wire.requests) == 1


def cut_off(connection: socket.socket, _: int) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{")


def hang_up(connection: socket.socket, _: int) -> None:
    """Close without a word."""


def nonsense(connection: socket.socket, _: int) -> None:
    connection.sendall(b"220 smtp.example.org ESMTP\r\n")


READS = [("pools", "list"), ("pools", "get", "p"), ("variables", "get", "k"), ("version", "--remote")]
CHANGES = [
    ("dags", "trigger", "etl"),
    ("dags", "pause", "etl"),
    ("variables", "delete", "k", "--yes"),
    ("variables", "set", "k", "v"),
]


@pytest.mark.parametrize("fault", [cut_off, hang_up, nonsense])
@pytest.mark.parametrize("argv", READS, ids=" ".join)
def test_a_read_is_sent_again_once_when_the_connection_breaks(
    program: Program, argv: tuple[str, ...], fault: Callable[[socket.socket, int], None]
) -> None:
    with Wire(fault) as wire:
        done = at(program, wire.url)(*argv)
        assert (done.out, done.code) == ("", 3)
        assert f"{wire.url} broke the connection off during GET " in done.err
        assert len(wire.requests) == 2


@pytest.mark.parametrize("fault", [cut_off, hang_up, nonsense])
@pytest.mark.parametrize("argv", CHANGES, ids=" ".join)
def test_a_change_is_never_sent_twice(
    program: Program, argv: tuple[str, ...], fault: Callable[[socket.socket, int], None]
) -> None:
    with Wire(fault) as wire:
        done = at(program, wire.url)(*argv)
        assert (done.out, done.code) == ("", 3)
        assert "it may have been done all the same" in done.err
        assert len(wire.requests) == 1
        assert not wire.requests[0].startswith(b"GET ")


def test_the_second_answer_counts_when_the_first_was_cut(program: Program) -> None:
    whole = json.dumps(POOL).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(whole)

    def second_time(connection: socket.socket, turn: int) -> None:
        connection.sendall(head + (whole[:9] if turn == 1 else whole))

    with Wire(second_time) as wire:
        done = at(program, wire.url)("pools", "get", "p", "-o", "json")
        assert (done.json, done.err, done.code) == (POOL, "", 0)


def test_a_connection_reset_by_the_other_side(program: Program) -> None:
    def reset(connection: socket.socket, _: int) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    with Wire(reset) as wire:
        done = at(program, wire.url)("dags", "trigger", "etl")
        assert done.code == 3
        assert "broke the connection off" in done.err
        assert len(wire.requests) == 1


def test_https_to_a_server_that_speaks_http(program: Program, stub: Stub) -> None:
    url = stub.url.replace("http:", "https:")
    done = at(program, url)("pools", "list")
    assert (done.out, done.code) == ("", 3)
    assert f"no secure connection to {url}" in done.err
    assert "check http:// against https://" in done.err


# What asks again and again.


def test_a_failure_between_two_looks_does_not_end_the_waiting(
    program: Program, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "_POLL", 0.001)
    looks = [reply({"detail": "busy"}, 503), reply({"state": "queued"}), reply({"state": "success"})]

    def answer(request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply(VERSION)
        return reply({"token": "of-the-test"}) if request.method == "POST" else looks.pop(0)

    stub.answer = answer
    done = at(program, stub.url)("connections", "test", "db", "--conn-type", "http", "--on-worker")
    assert (done.out, done.code, looks) == ("db works\n", 0, [])
    assert done.err.endswith("; still trying\nthe server answers again\n")
    assert [request.method for request in stub.requests].count("POST") == 1


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://user:hunter22@proxy.example.org:3128")
    url = "http://airflow.example.org"
    error = transport_error(httpx.ConnectTimeout("timed out"), "GET", "/api/v2/pools", url, 5.0)
    assert isinstance(error, TimedOut)
    proxy = f"the proxy http://proxy.example.org:3128 ({variable})"
    assert error.message == f"{proxy} for {url} does not answer"
    assert error.hint == f"look at {variable}, or add airflow.example.org to NO_PROXY"
