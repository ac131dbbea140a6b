"""Proxies that are dead, that answer themselves or hang, and which one is taken."""

from __future__ import annotations

import threading

import httpx
import pytest

from airflowctl.api.gate import Gate
from airflowctl.api.proxy_discovery import Proxy as Chosen
from airflowctl.api.proxy_discovery import proxy_for
from airflowctl.api.transport import connect
from airflowctl.core.environment import Network
from tests.api.test_network import LOGIN, POOL, is_refused
from tests.api.test_transport_errors import PAGE, at, hang_up, nonsense, refused_port
from tests.support.certificate_authority import Authority
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.proxy import Proxy
from tests.support.stub import TOKEN, Stub, Wire, reply

pytestmark = pytest.mark.usefixtures("plain")


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_dead_proxy_is_named_and_not_the_server(
    program: Program, stub: Stub, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    dead, url = refused_port(), "http://airflow.example.org:8080"
    monkeypatch.setenv(variable, dead.replace("http://", "http://ann:hunter2@"))
    done = at(program, url)("pools", "list", "--insecure-http")
    assert (done.out, done.code) == ("", 3)
    assert f"error: no connection to the proxy {dead} ({variable}) for {url}" in done.err
    assert "hunter2" not in done.err
    assert f"look at {variable}, or add airflow.example.org to NO_PROXY" in done.err
    assert stub.requests == []


def test_a_proxy_that_answers_itself_is_named(
    program: Program, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", stub.url)
    for made in (reply(PAGE, kind="text/html"), reply(PAGE, 502, "text/html"), reply(PAGE, 407, "text/html")):
        stub.answer = lambda request, made=made: made  # type: ignore[misc]
        done = at(program, "http://airflow.invalid:8080")("pools", "list", "--insecure-http")
        assert f"the proxy {stub.url} (HTTP_PROXY)" in done.err.splitlines()[0]


def test_a_proxy_that_hangs_up_or_hangs_is_named(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    for fault in (hang_up, nonsense, lambda connection, _: over.wait(10)):
        with Wire(fault) as wire:
            monkeypatch.setenv("HTTP_PROXY", wire.url)
            url = "http://airflow.invalid:8080"
            done = at(program, url)("pools", "list", "--insecure-http", "--request-timeout", "0.3")
            assert done.code == 3
            assert f"through the proxy {wire.url} (HTTP_PROXY)" in done.err
    over.set()


def test_a_tunnel_that_is_refused_is_named(
    program: Program, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", stub.url)
    done = at(program, "https://airflow.invalid")("pools", "list")
    assert done.code == 3
    assert f"the proxy {stub.url} (HTTPS_PROXY) refused https://airflow.invalid: 501" in done.err


HOSTS = [
    "example.org",
    "airflow.example.org",
    "example.org:8080",
    "10.1.2.3:8080",
    "[2001:db8::1]",
]
LEFT_OUT = [
    "", "*", "example.org", ".example.org", "EXAMPLE.org", "org", "ple.org", "a, example.org", "localhost",
    "10.1.2.3", "10.1.2.3:8080", "2001:db8::1", "example.org:8080", "http://example.org", "https://",
    "all://*.example.org", "http://example.org:8080", "*.example.org",
]  # fmt: skip


@pytest.mark.usefixtures("quick_trust")
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("left_out", LEFT_OUT)
def test_the_proxy_that_is_named_is_the_one_that_is_taken(
    monkeypatch: pytest.MonkeyPatch, variable: str, left_out: str
) -> None:
    """What httpx alone would take, and what our connections take."""
    monkeypatch.setenv(variable, "ann:hunter2@proxy.invalid:1")
    monkeypatch.setenv("NO_PROXY", left_out)
    with httpx.Client(verify=False) as client:
        for url in (f"{scheme}://{host}" for scheme in ("http", "https") for host in HOSTS):
            taken = client._transport_for_url(httpx.URL(url)) is not client._transport
            wanted = Chosen("http://proxy.invalid:1", variable) if taken else None
            assert proxy_for(url) == wanted, url
            with connect(Gate(url, Network(insecure=True)), Network(insecure=True)) as ours:
                takes = ours._transport_for_url(httpx.URL(url)) is not ours._transport
                assert takes == taken, url


# One that works.


def test_a_proxy_of_the_environment_is_used(program: Program, stub: Stub) -> None:
    with Proxy(stub.url) as proxy:
        own = program.with_environ(
            AIRFLOWCTL_URL="http://airflow.example.org", AIRFLOW_CLI_TOKEN=TOKEN, HTTP_PROXY=proxy.url
        )
        done = own.process(*POOL, "--insecure-http")
        assert (done.out, done.code) == ("p\n", 0)
        assert done.err.count("is not encrypted: others on the way can read the login") == 1
        assert f"it goes through the proxy {proxy.url} (HTTP_PROXY)" in done.err
        assert proxy.asked == ["GET http://airflow.example.org/api/v2/pools/p HTTP/1.1"]


def test_through_a_proxy_https_stays_whole(program: Program, https: Stub, authority: Authority) -> None:
    with Proxy(https.url) as proxy:
        own = program.with_environ(
            AIRFLOWCTL_URL="https://airflow.example.org", AIRFLOW_CLI_TOKEN=TOKEN, HTTPS_PROXY=proxy.url
        )
        assert own.process(*POOL, "--ca-bundle", str(authority.bundle)) == Done("p\n", "", 0)
        assert proxy.asked == ["CONNECT airflow.example.org:443 HTTP/1.1"]
        assert TOKEN not in "".join(proxy.heads)
        assert https.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_a_host_is_left_out(program: Program, https: Stub, authority: Authority, name: str) -> None:
    with Proxy(https.url) as proxy:
        own = program.with_environ(
            AIRFLOWCTL_URL="https://airflow.invalid", AIRFLOW_CLI_TOKEN=TOKEN, HTTPS_PROXY=proxy.url
        )
        own.with_environ(**{name: "other.invalid"}).process(*POOL)
        assert len(proxy.asked) == 1
        done = own.with_environ(**{name: "airflow.invalid"}).process(*POOL)
        assert is_refused(done, 3, "the host name 'airflow.invalid' is not known")
        assert len(proxy.asked) == 1


def test_a_login_goes_by_the_proxy_too(
    program: Program, https: Stub, authority: Authority, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(https.url) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        line = ("auth", "login", "--url", "https://airflow.example.org", *LOGIN)
        done = program(*line, "--ca-bundle", str(authority.bundle), stdin="hunter22\n")
        assert (done.err, done.code) == ("", 0)
        assert {asked.split()[0] for asked in proxy.asked} == {"CONNECT"}
        assert "hunter22" not in "".join(proxy.heads)


def test_a_proxy_that_refuses_is_named(program: Program, https: Stub) -> None:
    with Proxy(https.url, refuses=True) as proxy:
        own = program.with_environ(
            AIRFLOWCTL_URL="https://airflow.example.org",
            AIRFLOW_CLI_TOKEN=TOKEN,
            HTTPS_PROXY=proxy.url.replace("://", "://ann:a-canary-password@"),
        )
        done = own.process(*POOL)
        assert is_refused(done, 3, "the proxy http", "(HTTPS_PROXY) refused https://airflow.example.org")
        assert "a-canary-password" not in done.err
