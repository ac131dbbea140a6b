"""What goes wrong between this program and a server: one line that names it, and the right exit code."""

from __future__ import annotations

import base64
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from airflowctl.api.client import Client
from airflowctl.api.proxies import Proxy, proxy_for
from airflowctl.core.credential import Credential
from airflowctl.core.errors import NotAirflow, UsageError
from tests.keyrings import Kept
from tests.program import Done, Program
from tests.stub import JSON, Reply, Request, Stub, Wire, reply


def _part(facts: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).rstrip(b"=").decode()


TOKEN = f"{_part({'alg': 'HS512'})}.{_part({'sub': 'ann'})}.c2lnbmF0dXJl"
POOL = {"name": "p", "slots": 1, "open_slots": 1, "description": None}
VERSION = {"version": "3.3.2", "git_version": None}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as server:
        yield server


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


# The address.


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("{host}", "http://{host}"),
        ("{host}/home", "http://{host}/home"),
        ("ftp://{host}", "https://airflow.example.org"),
        ("http:/{host}", "did you mean http://{host} ?"),
        ("HTTPS:{host}", "did you mean https://{host} ?"),
        ("http:///{host}", "did you mean http://{host} ?"),
        ("https://https://{host}", "like https://airflow.example.org"),
        ("//{host}", "did you mean http://{host} ?"),
        ("http://", "'http://' names no host\n  write it like https://airflow.example.org"),
        ("https:", "'https:' names no host"),
        ("//", "write it like https://airflow.example.org"),
        ("nonsense", "did you mean http://nonsense ?"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_right_form(
    program: Program, stub: Stub, typed: str, shown: str
) -> None:
    host = stub.url.removeprefix("http://")
    done = program("pools", "list", "--url", typed.format(host=host))
    assert (done.out, done.code) == ("", 2)
    assert done.err.startswith("error: ")
    assert shown.format(host=host) in done.err
    assert stub.requests == []


def test_a_password_in_the_address_is_refused_and_not_shown(program: Program, stub: Stub) -> None:
    done = program("pools", "list", "--url", stub.url.replace("http://", "http://admin:hunter2@"))
    assert done.code == 2
    assert "hunter2" not in done.err
    assert stub.requests == []


@pytest.mark.parametrize("url", ["http://host:port", "http://host:99999", "http://[::1"])
def test_a_damaged_address_is_refused(program: Program, url: str) -> None:
    done = at(program, url)("pools", "list")
    assert (done.out, done.code) == ("", 2)
    assert "is not a URL" in done.err


@pytest.mark.parametrize(
    ("ending", "wire"),
    [
        ("", "/api/v2/pools/p"),
        ("/", "/api/v2/pools/p"),
        ("/api/v2", "/api/v2/pools/p"),
        ("/api/v2/", "/api/v2/pools/p"),
        ("/home", "/api/v2/pools/p"),
        ("/team-a", "/team-a/api/v2/pools/p"),
        ("/team-a/", "/team-a/api/v2/pools/p"),
        ("/team-a/api/v2/", "/team-a/api/v2/pools/p"),
        ("?next=/home", "/api/v2/pools/p"),
        ("/#/home", "/api/v2/pools/p"),
    ],
)
def test_what_people_paste_as_address_works(program: Program, stub: Stub, ending: str, wire: str) -> None:
    stub.answer = lambda request: reply(POOL)
    done = at(program, stub.url + ending)("pools", "get", "p", "-o", "json")
    assert (done.json, done.code) == (POOL, 0)
    assert stub.requests[0].target == wire


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


# The server says no.

UNIQUE = {
    "reason": "Unique constraint violation",
    "statement": "hidden",
    "orig_error": "hidden",
    "message": "Serious error ... you will find it ... when you look for ID HmJg7R4c",
}
FIELDS = [
    {"type": "missing", "loc": ["body", "slots"], "msg": "Field required", "input": {"api_key": "S3CRET"}},
    {
        "type": "int_parsing",
        "loc": ["query", "limit"],
        "msg": "Input should be an integer",
        "input": "S3CRET",
    },
]


class Refusal(NamedTuple):
    """An answer, and what the person and the script are told."""

    name: str
    made: Reply
    exit_code: int
    code: str
    words: str
    hint: str = ""


REFUSALS = [
    Refusal(
        "401 none", reply({"detail": "Not authenticated"}, 401), 4, "not_logged_in", "not logged in to {url}",
        "airflowctl auth token --url {url}",
    ),
    Refusal(
        "401 expired", reply({"detail": "Token Expired"}, 401), 4, "session_ended", "{url} has expired",
        "airflowctl auth token",
    ),
    Refusal(
        "401 other", reply({"detail": "Token Revoked"}, 401), 4, "not_logged_in", "{url} says: Token Revoked",
        "airflowctl auth token",
    ),
    Refusal("401 no detail", reply({}, 401), 4, "not_logged_in", "{url}", "airflowctl auth token"),
    Refusal(
        "403 token", reply({"detail": "Invalid JWT token"}, 403), 4, "session_ended",
        "{url} does not accept this token", "airflowctl auth token",
    ),
    Refusal(
        "403 role", reply({"detail": "Forbidden"}, 403), 4, "not_allowed",
        "ann may not GET /api/v2/pools/p on {url}", "administrator",
    ),
    Refusal(
        "403 reason", reply({"detail": "Config is hidden"}, 403), 4, "not_allowed", "Config is hidden", "ann",
    ),
    Refusal(
        "404", reply({"detail": "No Pool `p`"}, 404), 1, "not_found", "No Pool `p`",
        "see: airflowctl pools list",
    ),
    Refusal("404 list", reply({"detail": ["No task", "No run"]}, 404), 1, "not_found", "No task; No run"),
    Refusal(
        "404 route", reply({"error": "API route not found"}, 404), 1, "not_found", "/api/v2/pools/p",
        "airflowctl version --remote",
    ),
    Refusal("405", reply({"detail": "Method Not Allowed"}, 405), 1, "refused", "Method Not Allowed"),
    Refusal("409", reply({"detail": "The Pool exists"}, 409), 1, "conflict", "The Pool exists"),
    Refusal("409 object", reply({"detail": UNIQUE}, 409), 1, "conflict", "it exists already"),
    Refusal("400", reply({"detail": "Ordering with 'x'"}, 400), 1, "invalid", "Ordering with 'x'"),
    Refusal(
        "422 list", reply({"detail": FIELDS}, 422), 1, "invalid",
        "slots: Field required; limit: Input should be an integer",
    ),
    Refusal("422 text", reply({"detail": "1 validation error"}, 422), 1, "invalid", "1 validation error"),
    Refusal("422 empty", reply({"detail": []}, 422), 1, "invalid", "the server did not accept the request"),
    Refusal(
        "429", reply({"detail": "slow down"}, 429, Retry_After="7"), 1, "refused", "too many requests",
        "try again in 7 s",
    ),
    Refusal("429 page", reply(PAGE, 429, "text/html"), 1, "refused", "too many requests", "later"),
    Refusal(
        "500", reply("Internal Server Error", 500, "text/plain; charset=utf-8"), 1, "refused",
        "the server failed (500) on GET /api/v2/pools/p", "log",
    ),
    Refusal(
        "500 JSON", reply({"detail": "the database\nis locked"}, 500), 1, "refused",
        "the server failed (500) on GET /api/v2/pools/p: the database is locked",
    ),
    Refusal(
        "500 long", reply({"detail": "x" * 9999}, 500), 1, "refused", "xxx…",
    ),
    Refusal(
        "503 JSON", reply({"detail": "Database is migrating"}, 503), 3, "unreachable",
        "{url} answered 503: Database is migrating", "try again",
    ),
    Refusal(
        "404 no name", reply({"detail": "Not Found"}, 404), 1, "not_found", "not found: pools/p",
        "airflowctl pools list",
    ),
    Refusal(
        "400 schema", reply({"detail": "Invalid input for param r: 'x' is\nnot one\n\nOn: 'S3CRET'"}, 400), 1,
        "invalid", "Invalid input for param r: 'x' is not one",
    ),
    Refusal("502", reply(PAGE, 502, "text/html"), 3, "unreachable", "{url} answered 502", "try again"),
    Refusal("503", reply("", 503, "text/html"), 3, "unreachable", "{url} answered 503", "try again"),
    Refusal("504", reply("upstream", 504, "text/plain"), 3, "unreachable", "{url} answered 504"),
]  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=[case.name for case in REFUSALS])
def test_a_refusal_says_what_and_what_to_do(program: Program, stub: Stub, case: Refusal) -> None:
    done = answered(program, stub, case.made)
    first, _, rest = done.err.partition("\n")
    assert (done.out, done.code) == ("", case.exit_code)
    assert first.startswith("error: ")
    assert case.words.format(url=stub.url) in first
    assert case.hint.format(url=stub.url) in rest
    assert "S3CRET" not in done.err
    assert TOKEN not in done.err
    assert len(stub.requests) == 1


@pytest.mark.parametrize("case", REFUSALS, ids=[case.name for case in REFUSALS])
def test_a_refusal_in_json_carries_status_code_and_operation(
    program: Program, stub: Stub, case: Refusal
) -> None:
    done = answered(program, stub, case.made, "pools", "get", "p", "-o", "json")
    error = problem(done)
    assert list(error) == ["code", "message", "status", "hint", "operation"]
    assert (error["code"], error["status"], error["operation"]) == (case.code, case.made.status, "get_pool")
    assert case.words.format(url=stub.url) in error["message"]
    assert "S3CRET" not in done.err
    assert done.code == case.exit_code


@pytest.mark.parametrize("status", [500, 502, 503, 429])
@pytest.mark.parametrize("argv", CHANGES, ids=" ".join)
def test_a_change_that_was_answered_is_not_sent_again(
    program: Program, stub: Stub, argv: tuple[str, ...], status: int
) -> None:
    done = answered(program, stub, reply("busy", status, "text/plain"), *argv)
    assert done.code in (1, 3)
    assert len(stub.requests) == 1


def test_a_server_without_login_needs_no_token(program: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply(POOL)
    done = program.with_environ(AIRFLOWCTL_URL=stub.url)("pools", "get", "p")
    assert done.code == 0
    assert "authorization" not in stub.requests[0].headers


def test_an_open_operation_carries_no_token(program: Program, stub: Stub) -> None:
    done = answered(program, stub, reply(VERSION), "version", "--remote")
    assert (done.lines[1], done.code) == (f"Airflow 3.3.2 at {stub.url}", 0)
    assert "authorization" not in stub.requests[0].headers


def test_json_of_a_server_that_is_not_ready_is_not_called_nobody(program: Program, stub: Stub) -> None:
    for body in ({"detail": "starting"}, {}):
        done = answered(program, stub, reply(body, 503))
        assert done.code == 3
        assert "no API server" not in done.err


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (reply('{"name": "p", "slo'), "with JSON that cannot be read"),
        (Reply(b'{"name": "p\xe9"}'), "with JSON that cannot be read"),
        (reply('{"slots": ' + "1" * 5000 + "}"), "with JSON that cannot be read"),
        (reply(""), "with an empty answer"),
        (reply("", kind="text/html"), "with an empty answer"),
        (
            Reply(b"no gzip at all", headers=(("Content-Type", JSON), ("Content-Encoding", "gzip"))),
            "a broken encoding",
        ),
        (reply({}), "without "),
        (reply([1]), "with something else"),
    ],
    ids=["cut", "latin-1", "long number", "empty", "empty page", "encoding", "no key", "list"],
)
@pytest.mark.parametrize(
    "argv", [("pools", "get", "p"), ("dags", "trigger", "etl"), ("dags", "pause", "etl")]
)
def test_a_success_that_cannot_be_read_leaves_a_change_in_doubt(
    program: Program, stub: Stub, made: Reply, words: str, argv: tuple[str, ...]
) -> None:
    done = answered(program, stub, made, *argv)
    assert (done.out, done.code, len(stub.requests)) == ("", 1, 1)
    assert words in done.err
    assert ("it may have been done all the same" in done.err) is ("get" not in argv)


@pytest.mark.parametrize(
    ("argv", "body"),
    [
        (("health",), {"metadatabase": {"status": "healthy"}, "scheduler": "fine"}),
        (("health",), {"metadatabase": [1]}),
        (("variables", "get", "k"), {"key": "k", "value": 17}),
        (("variables", "get", "k"), {"key": "k", "value": {"a": 1}}),
        (("variables", "get", "k", "--json"), {"key": "k", "value": False}),
    ],
)
def test_odd_json_is_not_airflow(program: Program, stub: Stub, argv: tuple[str, ...], body: object) -> None:
    done = answered(program, stub, reply(body), *argv, "-o", "json")
    assert (problem(done)["code"], done.code) == ("not_airflow", 1)


@pytest.mark.parametrize(("key", "value"), [("api_key", "***"), ("k", "***"), ("api_key", "x"), ("k", "x")])
def test_a_value_that_the_server_masks_is_said_to_be_masked(
    program: Program, stub: Stub, key: str, value: str
) -> None:
    done = answered(program, stub, reply({"key": key, "value": value}), "variables", "get", key)
    assert (done.out, done.code) == (f"{value}\n", 0)
    assert ("masks the value of api_key" in done.err) is (key == "api_key" and value == "***")


def test_a_second_run_of_an_id_is_named(program: Program, stub: Stub) -> None:
    taken = reply({"detail": UNIQUE}, 409)
    done = answered(program, stub, taken, "dags", "trigger", "etl", "-r", "nightly")
    assert "etl, run id nightly: it exists already" in done.err
    assert "airflowctl dagrun list etl" in done.err


# Proxies.


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of this machine's proxies; what a test sets is gone afterwards."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_dead_proxy_is_named_and_not_the_server(
    program: Program, stub: Stub, no_proxies: pytest.MonkeyPatch, variable: str
) -> None:
    dead = refused_port()
    no_proxies.setenv(variable, dead.replace("http://", "http://ann:hunter2@"))
    done = at(program, stub.url)("pools", "list")
    assert (done.out, done.code) == ("", 3)
    assert f"error: no connection to the proxy {dead} ({variable}) for {stub.url}" in done.err
    assert "hunter2" not in done.err
    assert f"look at {variable}, or add 127.0.0.1 to NO_PROXY" in done.err
    assert stub.requests == []


def test_a_proxy_that_answers_itself_is_named(
    program: Program, stub: Stub, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setenv("HTTP_PROXY", stub.url)
    for made in (reply(PAGE, kind="text/html"), reply(PAGE, 502, "text/html"), reply(PAGE, 407, "text/html")):
        stub.answer = lambda request, made=made: made  # type: ignore[misc]
        done = at(program, "http://airflow.invalid:8080")("pools", "list", "--insecure-http")
        assert f"the proxy {stub.url} (HTTP_PROXY)" in done.err.splitlines()[0]


def test_a_proxy_that_hangs_up_or_hangs_is_named(program: Program, no_proxies: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    for fault in (hang_up, nonsense, lambda connection, _: over.wait(10)):
        with Wire(fault) as wire:
            no_proxies.setenv("HTTP_PROXY", wire.url)
            url = "http://airflow.invalid:8080"
            done = at(program, url)("pools", "list", "--insecure-http", "--request-timeout", "0.3")
            assert done.code == 3
            assert f"through the proxy {wire.url} (HTTP_PROXY)" in done.err
    over.set()


def test_a_tunnel_that_is_refused_is_named(
    program: Program, stub: Stub, no_proxies: pytest.MonkeyPatch
) -> None:
    no_proxies.setenv("HTTPS_PROXY", stub.url)
    done = at(program, "https://airflow.invalid")("pools", "list")
    assert done.code == 3
    assert f"the proxy {stub.url} (HTTPS_PROXY) refused https://airflow.invalid: 501" in done.err


HOSTS = [
    "example.org",
    "airflow.example.org",
    "example.org:8080",
    "localhost:8080",
    "127.0.0.1:8080",
    "[::1]",
]
LEFT_OUT = [
    "", "*", "example.org", ".example.org", "EXAMPLE.org", "org", "ple.org", "a, example.org", "localhost",
    "127.0.0.1", "127.0.0.1:8080", "::1", "example.org:8080", "http://example.org", "https://",
    "all://*.example.org", "http://example.org:8080", "*.example.org",
]  # fmt: skip


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_the_proxy_that_is_named_is_the_one_that_is_taken(
    no_proxies: pytest.MonkeyPatch, variable: str, left_out: str
) -> None:
    no_proxies.setenv(variable, "ann:hunter2@proxy.invalid:1")
    no_proxies.setenv("NO_PROXY", left_out)
    with httpx.Client() as client:
        for url in (f"{scheme}://{host}" for scheme in ("http", "https") for host in HOSTS):
            taken = client._transport_for_url(httpx.URL(url)) is not client._transport
            wanted = Proxy("http://proxy.invalid:1", variable) if taken else None
            assert proxy_for(url) == wanted, url


# Names in paths.

ODD = [
    "a/b", "a?x=1", "a#frag", "100%", "h%41x", "%2e%2e", "a b", "../variables/victim", "..\\x", "a;b=c",
    "a&b", "naïve Ωmega", "日本", "a\tb", "a\nb", "a+b", "a:b@c", "\u202e", "'\"", "~", "...", "\x1b[2J",
]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_no_name_leaves_its_place_in_the_path(program: Program, stub: Stub, name: str) -> None:
    stub.answer = lambda request: reply(POOL)
    done = at(program, f"{stub.url}/team")("pools", "get", "--", name)
    assert (done.err, done.code) == ("", 0)
    target = stub.requests[0].target
    encoded = "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-._~") else f"%{byte:02X}"
        for byte in name.encode()
    )
    assert target == f"/team/api/v2/pools/{encoded}"


@pytest.mark.parametrize("name", ["", ".", ".."])
@pytest.mark.parametrize("argv", [("pools", "get"), ("variables", "delete", "--yes"), ("dags", "trigger")])
def test_a_name_that_is_no_name_is_refused_before_anything_is_sent(
    program: Program, stub: Stub, argv: tuple[str, ...], name: str
) -> None:
    done = at(program, stub.url)(*argv, name)
    assert (done.out, done.code) == ("", 2)
    assert f"'{name}': cannot be " in done.err
    assert stub.requests == []


# Lists.


def listing(total: int, most: int = 100, count: int | None = None) -> Callable[[Request], Reply]:
    """A server with so many pools that gives at most `most` a page and claims `count` in all."""

    def answer(request: Request) -> Reply:
        start = int(request.query.get("offset", ["0"])[0])
        size = min(int(request.query["limit"][0]), most)
        rows = [{**POOL, "name": f"p{place}"} for place in range(start, min(start + size, total))]
        return reply({"pools": rows, "total_entries": total if count is None else count})

    return answer


@pytest.mark.parametrize(
    ("total", "most", "offsets"),
    [
        (0, 100, [0]),
        (1, 100, [0]),
        (100, 100, [0]),
        (101, 100, [0, 100]),
        (250, 100, [0, 100, 200]),
        (70, 30, [0, 30, 60]),
    ],
)
def test_a_list_goes_on_by_the_rows_that_came(
    program: Program, stub: Stub, total: int, most: int, offsets: list[int]
) -> None:
    stub.answer = listing(total, most)
    done = at(program, stub.url)("pools", "list", "-o", "name")
    assert done.lines == [f"p{place}" for place in range(total)]
    assert [int(request.query.get("offset", ["0"])[0]) for request in stub.requests] == offsets


@pytest.mark.parametrize(
    ("limit", "sizes"), [(1, [1]), (99, [99]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
def test_a_limit_is_kept_to_the_row(program: Program, stub: Stub, limit: int, sizes: list[int]) -> None:
    stub.answer = listing(1000)
    done = at(program, stub.url)("pools", "list", "-o", "name", "--limit", str(limit))
    assert len(done.lines) == limit
    assert [int(request.query["limit"][0]) for request in stub.requests] == sizes


def test_a_limit_with_a_server_that_clamps(program: Program, stub: Stub) -> None:
    stub.answer = listing(1000, most=40)
    done = at(program, stub.url)("pools", "list", "-o", "name", "--limit", "90")
    assert done.lines == [f"p{place}" for place in range(90)]
    assert len(stub.requests) == 3


def test_a_limit_of_nothing_asks_nothing(program: Program, stub: Stub) -> None:
    done = at(program, stub.url)("pools", "list", "-o", "json", "--limit", "0")
    assert (done.json, done.code, stub.requests) == ([], 0, [])


def test_a_server_that_counts_wrongly_is_no_endless_loop(program: Program, stub: Stub) -> None:
    stub.answer = listing(3, count=10_000)
    done = at(program, stub.url)("pools", "list", "-o", "name")
    assert (done.lines, done.code) == (["p0", "p1", "p2"], 0)
    assert len(stub.requests) == 2


def test_a_server_that_gives_more_than_the_limit_is_cut(program: Program, stub: Stub) -> None:
    rows = [{**POOL, "name": f"p{place}"} for place in range(9)]
    done = answered(
        program,
        stub,
        reply({"pools": rows, "total_entries": 9}),
        "pools",
        "list",
        "--limit",
        "2",
        "-o",
        "name",
    )
    assert done.lines == ["p0", "p1"]


def test_a_list_that_breaks_on_its_second_page_fails(program: Program, stub: Stub) -> None:
    first = listing(150)
    stub.answer = lambda request: first(request) if len(stub.requests) == 1 else reply("x", 500, "text/plain")
    for format in ("json", "table", "csv"):
        stub.requests.clear()
        done = at(program, stub.url)("pools", "list", "-o", format)
        assert done.code == 1
        assert "the server failed (500)" in done.err
        assert format != "json" or done.out == ""


# The token.


@pytest.mark.parametrize(
    "token", ["abc\ndef", "abc\r\nX-Evil: 1", "ab cd", "äöü", "a\0b", "'quoted'", "\udcff"]
)
def test_a_token_that_cannot_be_one_is_refused_and_not_shown(
    program: Program, stub: Stub, token: str
) -> None:
    done = at(program, stub.url, AIRFLOW_CLI_TOKEN=token)("pools", "list")
    assert done.code in (2, 4)
    assert "AIRFLOW_CLI_TOKEN does not hold a token" in done.err
    assert token not in done.err
    assert stub.requests == []


def test_the_end_of_line_that_a_file_leaves_on_a_token_is_no_matter(program: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply(POOL)
    done = at(program, stub.url, AIRFLOW_CLI_TOKEN=f" {TOKEN}\r\n")("pools", "get", "p")
    assert done.code == 0
    assert stub.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_the_token_of_one_server_is_not_sent_to_another(program: Program, stub: Stub) -> None:
    with Stub(lambda request: reply(POOL)) as other:
        done = at(program, stub.url)("pools", "get", "p", "--url", other.url)
        assert done.code == 0
        assert "authorization" not in other.requests[0].headers
        assert stub.requests == []


def test_the_token_of_one_server_is_not_sent_to_another_environment(
    program: Program, stub: Stub, kept: Kept
) -> None:
    def server(request: Request) -> Reply:
        return (
            reply({"access_token": "other.to.ken"}, 201) if request.path.startswith("/auth/") else reply(POOL)
        )

    with Stub(server) as other:
        login = ["auth", "login", "-e", "other", "--username", "ann", "--password-stdin", "--url"]
        program(*login, other.url, stdin="pw\n")
        other.requests.clear()
        done = at(program, stub.url)("pools", "get", "p", "-e", "other")
        assert done.code == 0
        assert [request.headers.get("authorization") for request in other.requests] == ["Bearer other.to.ken"]
        assert stub.requests == []


def test_debug_shows_the_requests_and_no_token(program: Program, stub: Stub) -> None:
    done = answered(program, stub, reply(POOL), "pools", "get", "p", "--debug", "-o", "json")
    assert done.json == POOL
    assert "GET /api/v2/pools/p -> 200" in done.err
    assert TOKEN not in done.err
    assert stub.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_debug_of_a_login_shows_no_password_and_no_token(program: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"access_token": TOKEN}, 201)
    argv = ("auth", "login", "--url", stub.url, "--username", "ann", "--password-stdin", "--debug")
    done = program(*argv, stdin="hunter2\n")
    assert "POST /auth/token" in done.err
    assert stub.requests[0].json["password"] == "hunter2"
    assert "hunter2" not in done.out + done.err
    assert TOKEN not in done.out + done.err


def test_a_credential_shows_no_token() -> None:
    credential = Credential(TOKEN, "http://localhost:8080", "ann")
    assert "ann" in repr(credential)
    for shown in (repr(credential), str(credential), f"{credential}", f"{[credential]!r}"):
        assert TOKEN not in shown


# Logging in.


@pytest.mark.parametrize(
    ("made", "exit_code", "words"),
    [
        (reply({"detail": "Invalid credentials"}, 401), 4, "does not accept this user name and password"),
        (reply({"detail": "Forbidden"}, 403), 4, "does not accept this user name and password"),
        (reply({"error": "API route not found"}, 404), 1, "has no login for command lines"),
        (reply({"detail": "Method Not Allowed"}, 405), 1, "has no login for command lines"),
        (reply(PAGE, kind="text/html"), 1, "is this the address of the Airflow 3 API server"),
        (reply({"detail": "1 validation error [input_value={'password': 'hunter2'}]"}, 422), 1, "error: "),
        (reply({"token": "x"}, 201), 1, "error: "),
        (reply([1], 201), 1, "error: "),
    ],
    ids=["401", "403", "404", "405", "page", "422", "no token", "list"],
)
def test_a_login_that_fails(program: Program, stub: Stub, made: Reply, exit_code: int, words: str) -> None:
    stub.answer = lambda request: made
    done = program("auth", "token", "--url", stub.url, "-u", "ann", "--password-stdin", stdin="hunter2\n")
    assert (done.out, done.code) == ("", exit_code)
    assert words in done.err
    assert "hunter2" not in done.err
    assert "unexpected" not in done.err


# The client by itself.


def test_a_client_refuses_query_parameters_that_the_operation_has_not() -> None:
    client = Client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    with pytest.raises(ValueError, match="nonsense"):
        client.call("get_pools", query={"nonsense": 1})


def test_a_client_gives_none_for_an_answer_without_content() -> None:
    client = Client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(204)))
    assert client.call("delete_variable", variable_key="k") is None


def test_a_client_repeats_tuples_and_leaves_out_none() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    client = Client("http://x", transport=httpx.MockTransport(answer))
    client.call("get_dags", query={"tags": ("a b", "c&d"), "paused": False, "owners": (), "limit": None})
    assert seen[0].url.params.multi_items() == [("tags", "a b"), ("tags", "c&d"), ("paused", "false")]


def test_a_client_raises_errors_of_ours_only() -> None:
    client = Client("http://x", transport=httpx.MockTransport(lambda request: httpx.Response(302)))
    with pytest.raises(NotAirflow) as caught:
        client.call("get_pools")
    assert (caught.value.status, caught.value.exit_code) == (302, 1)
    with pytest.raises(UsageError):
        client.call("get_pool", pool_name="..")


# What is sent of a change.


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ([], {"value": "v"}),
        (["--description", "d"], {"value": "v", "description": "d"}),
        (["--description", ""], {"value": "v", "description": ""}),
    ],
)
def test_only_the_named_fields_are_sent(
    program: Program, stub: Stub, more: list[str], fields: dict[str, str]
) -> None:
    stub.answer = lambda request: reply({"key": "k", **fields})
    assert at(program, stub.url)("variables", "set", "k", "v", *more).code == 0
    (request,) = stub.requests
    assert (request.method, request.path) == ("PATCH", "/api/v2/variables/k")
    assert request.query == {"update_mask": list(fields)}
    assert request.json == {"key": "k", **fields}


def test_a_trigger_sends_no_null_but_the_date_that_the_api_requires(program: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"dag_run_id": "r", "state": "queued"})
    assert at(program, stub.url)("dags", "trigger", "etl", "--conf", '{"n": 1}').code == 0
    (request,) = stub.requests
    assert request.json == {"logical_date": None, "conf": {"n": 1}}
