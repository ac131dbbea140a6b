"""The way to a server that is kept with its environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.api.test_network import LOGIN, POOL, WARNING, is_refused
from tests.support.certificate_authority import Authority, Identity
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.stub import TOKEN, Reply, Request, Stub, lets_in, reply

pytestmark = pytest.mark.usefixtures("plain")


def test_the_way_is_kept_with_the_environment(
    program: Program, strict: Stub, authority: Authority, client: Identity, kept: Kept, certificates: Path
) -> None:
    """As whole paths: the next command may be run elsewhere."""
    before = Path.cwd()
    os.chdir(certificates)
    try:
        shown = ("--client-cert", client.certificate.name, "--client-key", client.key.name)
        way = ("--ca-bundle", authority.bundle.name, *shown)
        line = ("auth", "login", "-e", "strict", "--url", strict.url, *LOGIN, *way)
        assert program(*line, stdin="hunter22\n").code == 0
    finally:
        os.chdir(before)
    assert program(*POOL, "-e", "strict") == Done("p\n", "", 0)
    found = program("env", "show", "strict", "-o", "json").json
    assert found["ca_bundle"] == str(authority.bundle)
    assert found["client_cert"] == str(client.certificate)
    assert found["client_key"] == str(client.key)


def test_what_is_kept_can_be_taken_back(
    program: Program, https: Stub, authority: Authority, kept: Kept
) -> None:
    line = ("auth", "login", "-e", "mine", "--url", https.url, *LOGIN, "--insecure")
    assert program(*line, stdin="hunter22\n").code == 0
    way_out = program(*POOL, "-e", "mine").err.partition("to check it: airflowctl ")[2].split()
    assert way_out == ["env", "set", "mine", "--unset", "insecure"]
    assert program(*way_out, "--ca-bundle", str(authority.bundle)).code == 0
    assert program(*POOL, "-e", "mine") == Done("p\n", "", 0)
    assert program("env", "set", "mine", "--unset", "ca-bundle").code == 0
    assert is_refused(program(*POOL, "-e", "mine"), 3, "no secure connection")


def test_what_a_session_was_started_with_is_not_kept(program: Program, kept: Kept) -> None:
    with Stub(lets_in) as stub:
        assert program("auth", "login", "-e", "e", "--url", stub.url, *LOGIN, stdin="hunter22\n").code == 0
    assert program("--insecure", stdin="env set e --production\n").code == 0
    assert "insecure" not in program("env", "show", "e", "-o", "json").json
    assert program(stdin="env set e --insecure\n").code == 0
    assert program("env", "show", "e", "-o", "json").json["insecure"] is True


@pytest.mark.parametrize("said", [(), ("--unset", "insecure", "--insecure"), ("--unset", "hostname")])
def test_what_says_nothing_changes_nothing(program: Program, said: tuple[str, ...], kept: Kept) -> None:
    with Stub(lets_in) as stub:
        assert program("auth", "login", "-e", "e", "--url", stub.url, *LOGIN, stdin="hunter22\n").code == 0
    before = program("env", "show", "e").out
    done = program("env", "set", "e", *said)
    assert (done.out, done.code) == ("", 2)
    assert program("env", "show", "e").out == before


def test_the_way_of_one_environment_is_not_that_of_another(
    program: Program, https: Stub, authority: Authority, kept: Kept
) -> None:
    line = ("auth", "login", "--url", https.url, *LOGIN)
    good = ("--ca-bundle", str(authority.bundle))
    assert program(*line, "-e", "one", *good, stdin="hunter22\n").code == 0
    assert program(*line, "-e", "two", "--insecure", stdin="hunter22\n").code == 0
    assert program(*POOL, "-e", "one").err == ""
    assert WARNING in program(*POOL, "-e", "two").err
    assert is_refused(program(*POOL, "-e", "one", "--url", f"{https.url}/x"), 3, "no secure connection")
    batch = program(stdin="pools get p -o name -e one\npools get p -o name -e two\n")
    assert (batch.out, batch.code) == ("p\np\n", 0)
    assert batch.err.count(WARNING) == 1


def test_a_line_goes_before_what_is_kept(
    program: Program, https: Stub, authority: Authority, other: Authority, kept: Kept
) -> None:
    line = ("auth", "login", "--url", https.url, *LOGIN, "--ca-bundle", str(authority.bundle))
    assert program(*line, stdin="hunter22\n").code == 0
    assert is_refused(program(*POOL, "--ca-bundle", str(other.bundle)), 3, "no secure connection")
    assert program(*POOL) == Done("p\n", "", 0)


def test_an_issuer_is_reached_in_the_same_way(
    program: Program, https: Stub, authority: Authority, kept: Kept
) -> None:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/openid-configuration"):
            return reply({"issuer": https.url, "token_endpoint": f"{https.url}/token"})
        return reply({"access_token": TOKEN}) if request.path == "/token" else lets_in(request)

    https.answer = answer
    line = ("auth", "login", "--url", https.url, "--issuer", https.url, "--client-id", "me")
    secret = ("--client-secret-stdin", "--ca-bundle", str(authority.bundle))
    assert program(*line, *secret, stdin="a-client-secret\n").code == 0
    assert "POST /token" in https.sent
