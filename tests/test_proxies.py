"""Proxies that are dead, that answer themselves or hang, and which one is taken."""

from __future__ import annotations

import os
import threading

import httpx
import pytest

from airflowctl.api.proxies import Proxy, proxy_for
from tests.program import Program
from tests.stub import Stub, Wire, reply
from tests.test_faults import PAGE, at, hang_up, nonsense, refused_port


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
