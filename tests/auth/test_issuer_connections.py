"""What is allowed for Airflow's server is not allowed for the issuer: certificates, and clear http."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.test_network import WARNING
from tests.support.certificate_authority import Authority, Identity
from tests.support.keyrings import Kept
from tests.support.program import Program
from tests.support.stub import TOKEN, Reply, Request, Stub, reply

pytestmark = pytest.mark.usefixtures("plain")
SECRET = "s3cret-canary"


def make_issuer(authority: Authority, *, wants_client: bool = False) -> Stub:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/openid-configuration"):
            return reply({"issuer": server.url, "token_endpoint": f"{server.url}/token"})
        return reply({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})

    server = Stub(answer, authority.server("issuer", wants_client=wants_client))
    return server


@pytest.fixture
def issuer(other: Authority) -> Iterator[Stub]:
    """An issuer whose certificate another authority has signed than Airflow's."""
    with make_issuer(other) as server:
        yield server


@pytest.fixture
def line(https: Stub, issuer: Stub) -> tuple[str, ...]:
    login = ("auth", "login", "-e", "e", "--url", https.url, "--issuer", issuer.url)
    return (*login, "--client-id", "me", "--client-secret-stdin")


def test_insecure_of_airflow_does_not_reach_the_issuer(
    program: Program, line: tuple[str, ...], issuer: Stub, kept: Kept
) -> None:
    done = program(*line, "--insecure", stdin=SECRET)
    assert (done.out, done.code) == ("", 3)
    assert f"no secure connection to {issuer.url}" in done.err
    assert "--issuer-ca-bundle" in done.err
    assert issuer.requests == []


def test_a_bundle_of_airflow_does_not_reach_the_issuer(
    program: Program, line: tuple[str, ...], issuer: Stub, authority: Authority, other: Authority, kept: Kept
) -> None:
    trust, trust_issuer = ("--ca-bundle", str(authority.bundle)), ("--issuer-ca-bundle", str(other.bundle))
    assert program(*line, *trust, stdin=SECRET).code == 3
    assert program(*line, *trust_issuer, stdin=SECRET).code == 3
    done = program(*line, *trust, *trust_issuer, stdin=SECRET)
    assert (done.err, done.code) == ("", 0)
    shown = program("env", "show", "e", "-o", "json").json
    assert shown["issuer_ca_bundle"] == str(other.bundle)
    assert shown["ca_bundle"] == str(authority.bundle)


def test_insecure_of_the_issuer_is_its_own_and_is_said(
    program: Program, line: tuple[str, ...], https: Stub, issuer: Stub, kept: Kept
) -> None:
    alone = program(*line, "--issuer-insecure", stdin=SECRET)
    assert alone.code == 3
    assert f"no secure connection to {https.url}" in alone.err
    done = program(*line, "--issuer-insecure", "--insecure", stdin=SECRET)
    assert done.code == 0
    assert f"{https.url} {WARNING}" in done.err
    assert f"warning: the certificate of {issuer.url} is not checked (--issuer-insecure)" in done.err
    assert program("env", "set", "e", "--unset", "issuer-insecure", "--unset", "insecure").code == 0
    assert "issuer_insecure" not in program("env", "show", "e", "-o", "json").json


def test_a_certificate_of_the_client_is_shown_to_airflow_alone(
    program: Program, strict: Stub, authority: Authority, client: Identity, kept: Kept
) -> None:
    with make_issuer(authority, wants_client=True) as issuer:
        line = ["auth", "login", "-e", "e", "--url", strict.url, "--issuer", issuer.url, "--client-id", "me"]
        line += ["--client-secret-stdin", "--ca-bundle", str(authority.bundle)]
        line += ["--issuer-ca-bundle", str(authority.bundle)]
        line += ["--client-cert", str(client.certificate), "--client-key", str(client.key)]
        done = program(*line, stdin=SECRET)
        assert (done.out, done.code) == ("", 3)
        assert "--issuer-client-cert" in done.err
        assert issuer.requests == []
        line += ["--issuer-client-cert", str(client.certificate), "--issuer-client-key", str(client.key)]
        assert program(*line, stdin=SECRET).code == 0


def test_clear_http_to_airflow_is_not_clear_http_to_the_issuer(
    program: Program, stub: Stub, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", stub.url)
    line = ("auth", "token", "--url", "http://airflow.example.org", "--insecure-http", "--client-id", "me")
    done = program(*line, "--issuer", "http://sso.example.org", "--client-secret-stdin", stdin=SECRET)
    assert (done.out, done.code) == ("", 2)
    assert "http://sso.example.org is not encrypted" in done.err
    assert "--issuer-insecure-http" in done.err
    assert stub.requests == []


def test_what_was_allowed_for_one_issuer_is_not_for_the_next(
    program: Program, line: tuple[str, ...], authority: Authority, other: Authority, kept: Kept
) -> None:
    ways = ("--ca-bundle", str(authority.bundle), "--issuer-insecure", "--setting", "issuer_hosts=a,b")
    assert program(*line, *ways, stdin=SECRET).code == 0
    assert program("env", "show", "e", "-o", "json").json["issuer_hosts"] == "a,b"
    with make_issuer(other) as second:
        again = [*line]
        again[again.index("--issuer") + 1] = second.url
        done = program(*again, "--ca-bundle", str(authority.bundle), stdin=SECRET)
        assert done.code == 3
        assert second.requests == []
        trust = ("--ca-bundle", str(authority.bundle), "--issuer-ca-bundle", str(other.bundle))
        assert program(*again, *trust, stdin=SECRET).code == 0
        shown = program("env", "show", "e", "-o", "json").json
        assert not {"issuer_hosts", "issuer_insecure"} & shown.keys()


@pytest.mark.parametrize("way", ["--issuer-ca-bundle", "--issuer-client-cert", "--issuer-client-key"])
def test_one_way_is_changed_and_taken_back(program: Program, stub: Stub, kept: Kept, way: str) -> None:
    login = ("auth", "login", "-e", "e", "--url", stub.url, "-u", "ann", "--password-stdin")
    assert program(*login, stdin="pw").code == 0
    field = way[2:].replace("-", "_")
    assert program("env", "set", "e", way, "/some/file").code == 0
    assert program("env", "show", "e", "-o", "json").json[field] == "/some/file"
    assert program("env", "set", "e", way, "/x", "--unset", way[2:]).code == 2
    assert program("env", "set", "e", "--unset", way[2:]).code == 0
    assert field not in program("env", "show", "e", "-o", "json").json
