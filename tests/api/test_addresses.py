"""Addresses, the names in their paths and the token that goes there: what is refused, and what is sent."""

from __future__ import annotations

import pytest

from airflowctl.core.credential import Credential
from tests.api.test_transport_errors import POOL, TOKEN, answered, at
from tests.support.keyrings import Kept
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

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


# Names in paths.

ODD = [
    "a/b", "a?x=1", "a#frag", "100%", "h%41x", "a b", "a..b/c", ".hidden/x", "a;b=c",
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
