"""A server that says no: what each refusal means, what is left in doubt, and what is sent of a change."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.api.test_transport_errors import CHANGES, PAGE, POOL, TOKEN, VERSION, answered, at, problem
from tests.support.program import Program
from tests.support.stub import JSON, Reply, Stub, reply

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
        "401 other", reply({"detail": "Token Revoked"}, 401), 4, "session_ended",
        "{url} does not accept this token: Token Revoked", "airflowctl auth token",
    ),
    Refusal("401 no detail", reply({}, 401), 4, "session_ended", "{url}", "airflowctl auth token"),
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
    assert list(error) == ["code", "message", "status", "hint", "operation", "request_id"]
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
