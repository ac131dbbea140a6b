"""Errors that a secret has a part in: wrong ones, echoed ones, faults of ours. None of them shows it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from local_airflow import LocalAirflow

from airflowctl.api.client import Client
from airflowctl.api.identity import Anonymous
from airflowctl.core.errors import CliError
from tests.support.keyrings import Kept
from tests.support.leak_search import Scan
from tests.support.private_files import write_private
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply

SECRET = "an-opaque-canary-0xC0FFEE"
BOTH = pytest.mark.parametrize("manner", [(), ("--debug",), ("-o", "json")], ids=["plain", "debug", "json"])


def shows_nothing(done: Done, *secrets: str) -> bool:
    """Whether it failed and said so, without a word of the secret."""
    scan = Scan()
    scan.learn(SECRET, *secrets)
    scan.add_done("it", done)
    assert scan.hits == [], done
    return done.code != 0 and done.err != ""


def as_ann(stub: Stub, secret: str = SECRET) -> tuple[tuple[str, ...], str]:
    """A login to a stub, and what is typed into it."""
    return ("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin"), secret + "\n"


@BOTH
@pytest.mark.parametrize("secret", [SECRET, 'a "quoted" \\canary\\', "a-canary-ü-日本", "-canary-with-dash"])
def test_a_wrong_password(
    program: Program, airflow: LocalAirflow, manner: tuple[str, ...], secret: str
) -> None:
    line = ("auth", "login", "--url", airflow.url, "-u", "admin", *manner)
    assert shows_nothing(program(*line, "--password-stdin", stdin=secret + "\n"), secret)
    assert shows_nothing(program(*line, f"--password={secret}"), secret)
    assert shows_nothing(program(*line, "-p", secret), secret)


ECHOES = {
    "422": (422, {"detail": [{"loc": ["body"], "msg": f"bad {SECRET}", "input": {"password": SECRET}}]}),
    "422 as text": (422, {"detail": f"the password {SECRET} is bad"}),
    "400": (400, {"detail": f"not {SECRET}"}),
    "401": (401, {"detail": f"not {SECRET}"}),
    "403": (403, {"detail": f"not {SECRET}"}),
    "409": (409, {"detail": f"not {SECRET}"}),
    "418": (418, {"detail": f"not {SECRET}"}),
    "500": (500, {"detail": f"Traceback ... {SECRET}"}),
    "500 as text": (500, f"Traceback ... {SECRET}"),
    "503": (503, f"down with {SECRET}"),
    "a page": (200, f"<html>{SECRET}"),
    "no token": (201, {"token": SECRET}),
}


@BOTH
@pytest.mark.parametrize(("status", "body"), ECHOES.values(), ids=ECHOES)
def test_a_server_that_echoes_the_password(
    program: Program, kept: Kept, manner: tuple[str, ...], status: int, body: object
) -> None:
    with Stub(lambda request: reply(body, status)) as stub:
        line, stdin = as_ann(stub)
        assert shows_nothing(program(*line, *manner, stdin=stdin))


@BOTH
@pytest.mark.parametrize(("status", "body"), ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize("line", ["pools get p", "dags trigger etl", "connections list"])
def test_a_server_that_echoes_the_token(
    program: Program, manner: tuple[str, ...], status: int, body: object, line: str
) -> None:
    with Stub(lambda request: reply(body, status)) as stub:
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=SECRET)
        assert shows_nothing(own(*line.split(), *manner))


@BOTH
@pytest.mark.parametrize("status", [400, 401, 403, 422, 500])
def test_a_server_that_echoes_a_variable(program: Program, manner: tuple[str, ...], status: int) -> None:
    body = {"detail": [{"loc": ["body", "value"], "msg": f"{SECRET} is bad", "input": {"value": SECRET}}]}
    with Stub(lambda request: reply(body, status)) as stub:
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
        assert shows_nothing(own("variables", "set", "db_password", SECRET, *manner))


PLACES = {
    "query": "https://sso.example.org/login?token={}&code={}",
    "fragment": "https://sso.example.org/login#code={}",
    "bare fragment": "https://sso.example.org/login#{}",
    "userinfo": "https://ann:{}@sso.example.org/",
    "path": "/callback?next=%2F&code={}",
}


@BOTH
@pytest.mark.parametrize("location", PLACES.values(), ids=PLACES)
def test_a_redirect_with_a_secret_in_its_address(
    program: Program, manner: tuple[str, ...], location: str
) -> None:
    with Stub(lambda request: reply("", 302, Location=location.format("n3w-c4n4ry", "n3w-c4n4ry"))) as stub:
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=SECRET)
        assert shows_nothing(own("pools", "list", *manner), "n3w-c4n4ry")
        line, stdin = as_ann(stub)
        assert shows_nothing(own(*line, *manner, stdin=stdin), "n3w-c4n4ry")


@BOTH
@pytest.mark.parametrize("broken", ["{}\nX-Evil: 1", "{} {}", "{}\x00", "ü{}"])
def test_what_cannot_stand_in_a_header(
    program: Program, tmp_path: Path, manner: tuple[str, ...], broken: str
) -> None:
    text = broken.format(SECRET, SECRET)
    write_private(tmp_path / "token", text)
    with Stub() as stub:
        at = program.with_environ(AIRFLOWCTL_URL=stub.url)
        assert shows_nothing(at.with_environ(AIRFLOW_CLI_TOKEN=text)("pools", "list", *manner))
        named = at.with_environ(AIRFLOW_CLI_TOKEN_FILE=str(tmp_path / "token"))
        assert shows_nothing(named("pools", "list", *manner))
        assert shows_nothing(at("pools", "list", "--api-token", text, *manner))
        assert stub.requests == []


def test_a_header_that_httpx_refuses() -> None:
    """Which says all that is in it; a plug-in's own token may be anything."""

    class Careless(Anonymous):
        def token(self) -> str:
            return f"{SECRET}\n"

    with Stub() as stub, pytest.raises(CliError) as caught:
        Client(stub.url, Careless()).call("get_pools")
    assert SECRET not in f"{caught.value.message} {caught.value.hint}"


FAULTS = {
    "the header": lambda request: RuntimeError(f"headers {dict(request.headers)}"),
    "the bytes": lambda request: ValueError(request.headers.get("authorization", SECRET).encode()),
    "the body": lambda request: KeyError(request.content.decode() or SECRET),
}


@BOTH
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_of_ours_with_a_secret_in_it(
    program: Program,
    monkeypatch: pytest.MonkeyPatch,
    manner: tuple[str, ...],
    fault: Callable[[httpx.Request], Exception],
) -> None:
    def fail(_: httpx.Client, request: httpx.Request, **__: object) -> None:
        raise fault(request)

    monkeypatch.setattr(httpx.Client, "send", fail)
    own = program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1", AIRFLOW_CLI_TOKEN=SECRET)
    for done in (
        own("pools", "list", *manner),
        own("auth", "login", "-u", "ann", "--password-stdin", *manner, stdin=SECRET + "\n"),
    ):
        assert shows_nothing(done)
        assert "unexpected" in done.err
        assert ("Traceback" in done.err) is (manner == ("--debug",))


@BOTH
def test_an_issuer_that_echoes_the_client_secret(
    program: Program, kept: Kept, manner: tuple[str, ...]
) -> None:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/openid-configuration"):
            return reply({"issuer": stub.url, "token_endpoint": f"{stub.url}/token"})
        return reply({"error": "invalid_client", "error_description": f"{SECRET} is wrong"}, 401)

    with Stub(answer) as stub:
        line = ("auth", "login", "--url", stub.url, "--issuer", stub.url, "--client-id", "me", *manner)
        method = ("--method", "client-credentials")
        assert shows_nothing(program(*line, "--client-secret-stdin", stdin=SECRET + "\n"))
        assert shows_nothing(program.with_environ(AIRFLOWCTL_CLIENT_SECRET=SECRET)(*line, *method))


@BOTH
def test_a_proxy_with_a_password(
    program: Program, monkeypatch: pytest.MonkeyPatch, manner: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    for address in (f"http://ann:{SECRET}@127.0.0.1:{port}", f"nonsense://ann:{SECRET}@127.0.0.1:{port}"):
        monkeypatch.setenv("HTTP_PROXY", address)
        monkeypatch.setenv("http_proxy", address)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        own = program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1", AIRFLOW_CLI_TOKEN=SECRET)
        assert shows_nothing(own("pools", "list", *manner))


MISTYPED = [
    ("auth", "login", "-u", "ann", "-p", "-{}"),
    ("auth", "login", "-u", "ann", "--password", "--{}=x"),
    ("auth", "login", "-u", "ann", "-p", "{}", "--nosuch"),
    ("auth", "login", "--url", "http://ann:{}@h"),
    ("variables", "set", "my_token", "-{}"),
    ("variables", "set", "my_token", "{}", "{}"),
    ("variables", "set", "my_token", "{}", "--json"),
    ("connections", "list", "--api-token", "{}", "extra"),
]


@BOTH
@pytest.mark.parametrize("line", MISTYPED, ids=" ".join)
def test_a_line_with_a_slip(program: Program, line: tuple[str, ...], manner: tuple[str, ...]) -> None:
    own = program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1")
    argv = [part.format(SECRET) for part in line]
    assert shows_nothing(own(*argv[:2], *manner, *argv[2:]))
    batch = " ".join(argv)
    assert shows_nothing(
        own(*(("--debug",) if "--debug" in manner else ()), "--echo", "-f", "-", stdin=batch)
    )
