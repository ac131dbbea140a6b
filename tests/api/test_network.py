"""The way to a server: certificates of both sides, plain http, proxies; kept with each environment."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.certificate_authority import Authority, Identity
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.stub import TOKEN, Reply, Request, Stub, lets_in, reply

WARNING = "is not checked (--insecure)"


@pytest.fixture
def ctl(program: Program) -> Callable[..., Done]:
    """The program with a token for whatever server a line names."""

    def run(url: str, *line: str) -> Done:
        return program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN=TOKEN)(*line)

    return run


pytestmark = pytest.mark.usefixtures("plain")

Ctl = Callable[..., Done]
POOL = ("pools", "get", "p", "-o", "name")
LOGIN = ("-u", "ann", "--password-stdin")


def is_refused(done: Done, code: int, *words: str) -> bool:
    told = all(word in done.err for word in words)
    return done.out == "" and done.code == code and told and "unexpected" not in done.err


# Whom to trust.


def test_a_bundle_is_trusted(ctl: Ctl, https: Stub, authority: Authority) -> None:
    assert ctl(https.url, *POOL, "--ca-bundle", str(authority.bundle)) == Done("p\n", "", 0)


@pytest.mark.parametrize("options", [(), ("--ca-bundle", "{other}")], ids=["nobody", "another"])
def test_somebody_unknown_gets_nothing(
    ctl: Ctl, https: Stub, other: Authority, options: tuple[str, ...]
) -> None:
    done = ctl(https.url, *POOL, *(part.format(other=other.bundle) for part in options))
    assert is_refused(done, 3, f"no secure connection to {https.url}", "CERTIFICATE_VERIFY_FAILED")
    assert "--ca-bundle" in done.err
    assert https.requests == []


def test_a_bundle_is_trusted_alone(
    ctl: Ctl, https: Stub, authority: Authority, other: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    assert ctl(https.url, *POOL).code == 0
    assert is_refused(ctl(https.url, *POOL, "--ca-bundle", str(other.bundle)), 3, "no secure connection")


def test_a_file_of_the_system_is_trusted(program: Program, https: Stub, authority: Authority) -> None:
    own = program.with_environ(
        AIRFLOWCTL_URL=https.url, AIRFLOW_CLI_TOKEN=TOKEN, SSL_CERT_FILE=str(authority.bundle)
    )
    assert own.process(*POOL) == Done("p\n", "", 0)


FILES: dict[str, str | None] = {
    "missing": None,
    "empty": "",
    "no certificate": "hello\n",
    "cut": "-----BEGIN CERTIFICATE-----\nMIIB\n",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("by", ["option", "variable"])
def test_certificates_that_cannot_be_read(
    ctl: Ctl, https: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, by: str
) -> None:
    file = tmp_path / "bundle.pem"
    if content is not None:
        file.write_text(content)
    if by == "variable":
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    done = ctl(https.url, *POOL, *(("--ca-bundle", str(file)) if by == "option" else ()))
    if by == "option":
        assert is_refused(done, 2, str(file), "--ca-bundle")
    else:
        assert is_refused(done, 2, "SSL_CERT_FILE") or is_refused(done, 3, "no secure connection")
    assert https.requests == []


def test_a_certificate_of_another_name(ctl: Ctl, authority: Authority) -> None:
    wrong = authority.identity("wrong", names=("elsewhere.example.org",))
    with Stub(lets_in, authority.serving(wrong)) as https:
        done = ctl(https.url, *POOL, "--ca-bundle", str(authority.bundle))
        assert is_refused(done, 3, "no secure connection", "127.0.0.1")
        assert https.requests == []


def test_a_certificate_that_has_ended(ctl: Ctl, authority: Authority) -> None:
    with Stub(lets_in, authority.server("old", days=-1)) as https:
        done = ctl(https.url, *POOL, "--ca-bundle", str(authority.bundle))
        assert is_refused(done, 3, "no secure connection", "expired")


# Nobody is checked.


def test_unchecked_it_works_and_warns_each_time(
    program: Program, https: Stub, kept: Kept, authority: Authority
) -> None:
    line = ("auth", "login", "--url", https.url, *LOGIN)
    assert program(*line, stdin="hunter22\n").code == 3
    login = program(*line, "--insecure", stdin="hunter22\n")
    assert login.code == 0
    assert login.err.count(WARNING) == 1
    assert https.url in login.err
    for command in (
        POOL, ("auth", "status"), ("auth", "whoami"), ("pools", "get", "p", "-o", "json"),
        ("auth", "token", *LOGIN), ("auth", "logout"),
    ):  # fmt: skip
        done = program(*command, stdin="hunter22\n")
        assert done.code == 0, done
        assert done.err.count(WARNING) == 1, command
        assert WARNING not in done.out


def test_unchecked_in_a_session_it_is_said_for_each_line(program: Program, https: Stub) -> None:
    own = program.with_environ(AIRFLOWCTL_URL=https.url, AIRFLOW_CLI_TOKEN=TOKEN)
    done = own(stdin="pools get p --insecure -o name\npools get p --insecure -o name\n")
    assert (done.out, done.code) == ("p\np\n", 0)
    assert done.err.count(WARNING) == 2


# Who asks.


def test_a_client_shows_its_certificate(
    ctl: Ctl, strict: Stub, authority: Authority, client: Identity, certificates: Path
) -> None:
    trust = ("--ca-bundle", str(authority.bundle))
    shown = ("--client-cert", str(client.certificate), "--client-key", str(client.key))
    assert ctl(strict.url, *POOL, *trust, *shown) == Done("p\n", "", 0)
    both = certificates / "both.pem"
    both.write_bytes(client.certificate.read_bytes() + client.key.read_bytes())
    assert ctl(strict.url, *POOL, *trust, "--client-cert", str(both)) == Done("p\n", "", 0)


def test_without_one_it_is_said_what_is_missing(ctl: Ctl, strict: Stub, authority: Authority) -> None:
    done = ctl(strict.url, *POOL, "--ca-bundle", str(authority.bundle))
    assert is_refused(done, 3, strict.url, "--client-cert")
    assert strict.requests == []
    changed = ctl(strict.url, "dags", "pause", "etl", "--ca-bundle", str(authority.bundle))
    assert is_refused(changed, 3, strict.url, "--client-cert")


def test_one_of_somebody_else_is_refused(
    ctl: Ctl, strict: Stub, authority: Authority, other: Authority
) -> None:
    wrong = other.identity("stranger")
    shown = ("--client-cert", str(wrong.certificate), "--client-key", str(wrong.key))
    done = ctl(strict.url, *POOL, "--ca-bundle", str(authority.bundle), *shown)
    assert is_refused(done, 3, strict.url, "--client-cert")


def test_an_encrypted_key_is_refused_without_a_question(
    program: Program, strict: Stub, authority: Authority
) -> None:
    locked = authority.identity("locked", passphrase="a-passphrase")
    own = program.with_environ(AIRFLOWCTL_URL=strict.url, AIRFLOW_CLI_TOKEN=TOKEN)
    shown = ("--client-cert", str(locked.certificate), "--client-key", str(locked.key))
    line = (*POOL, "--ca-bundle", str(authority.bundle), *shown)
    assert is_refused(own(*line), 2, str(locked.certificate), "without a passphrase")
    with Screen(own, *line) as screen:
        screen.until("without a passphrase")
        assert screen.end() == 2
        assert "PEM pass phrase" not in screen.raw
    assert strict.requests == []


@pytest.mark.parametrize("which", ["certificate", "key", "the other's key", "no key"])
def test_files_of_a_client_that_cannot_be_used(
    ctl: Ctl, strict: Stub, authority: Authority, client: Identity, which: str
) -> None:
    other_key = authority.identity("unlike").key
    certificate, key = {
        "certificate": ("/no/such.crt", str(client.key)),
        "key": (str(client.certificate), "/no/such.key"),
        "the other's key": (str(client.certificate), str(other_key)),
        "no key": (str(client.certificate), ""),
    }[which]
    shown = ("--client-cert", certificate, *(("--client-key", key) if key else ()))
    done = ctl(strict.url, *POOL, "--ca-bundle", str(authority.bundle), *shown)
    assert is_refused(done, 2, certificate, "--client-key")
    assert strict.requests == []


# Without encryption.


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every host is this machine; which ones were looked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def here(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(host.decode() if isinstance(host, bytes) else host)
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", here)
    return asked


FAR = ["airflow.example.org", "127.evil.example.org", "localhost.example.org", "10.0.0.1", "0.0.0.0", "[::2]"]


@pytest.mark.parametrize("host", FAR)
def test_plain_http_to_another_machine_is_refused(
    program: Program, stub: Stub, resolved: list[str], host: str, tmp_path: Path
) -> None:
    url = stub.url.replace("127.0.0.1", host)
    login = ("auth", "login", "--url", url, *LOGIN)
    own = program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN=TOKEN)
    for done in (
        program(*login, stdin="hunter22\n"),
        program("auth", "login", "--url", url, "--token-stdin", stdin=TOKEN),
        program("auth", "login", "--url", url, "--method", "command", "--", "echo", TOKEN),
        program("auth", "token", "--url", url, *LOGIN, stdin="hunter22\n"),
        own("pools", "list"),
        own("dags", "pause", "etl"),
        own("auth", "status"),
    ):
        assert done.code in (2, 4) if "auth" in done.out else done.code == 2, done
        assert "not encrypted" in done.out + done.err
        assert TOKEN not in done.out + done.err
    assert (stub.requests, resolved) == ([], [])
    assert not list(tmp_path.rglob("*.toml"))


def test_it_can_be_allowed(program: Program, stub: Stub, resolved: list[str], kept: Kept) -> None:
    url = stub.url.replace("127.0.0.1", "airflow.example.org")
    login = program("auth", "login", "--url", url, *LOGIN, "--insecure-http", stdin="hunter22\n")
    assert login.code == 0
    assert "airflow.example.org" in resolved
    kept_way = program(*POOL)  # kept with the environment, and said each time
    assert (kept_way.out, kept_way.code) == ("p\n", 0)
    assert kept_way.err.count(f"{url} is not encrypted") == 1
    assert "env set default --unset insecure-http" in kept_way.err
    assert stub.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
    another = program(*POOL, "--url", url.replace("airflow.", "other."))
    assert another.code == 0  # without a token, which is of the first
    assert "authorization" not in stub.requests[-1].headers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3", "LOCALHOST"])
def test_this_machine_is_no_other(ctl: Ctl, stub: Stub, resolved: list[str], host: str) -> None:
    assert ctl(stub.url.replace("127.0.0.1", host), *POOL) == Done("p\n", "", 0)


def test_what_needs_no_login_may_go_in_the_clear(program: Program, stub: Stub, resolved: list[str]) -> None:
    url = stub.url.replace("127.0.0.1", "airflow.example.org")
    own = program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN=TOKEN)
    assert own("version", "--remote").code == 0
    assert "authorization" not in stub.requests[-1].headers


# Redirects.


def test_a_redirect_to_https_names_the_address_to_use(ctl: Ctl) -> None:
    there = "https://airflow.example.org/team-a"

    def moved(request: Request) -> Reply:
        return reply("", 301, "text/plain", Location=f"{there}{request.target}")

    with Stub(moved) as stub:
        assert is_refused(ctl(stub.url, *POOL), 1, f"redirects to {there}/api/v2/pools/p", f"--url {there}\n")
        login = ctl(stub.url, "auth", "login")
        assert is_refused(login, 1, "cannot be told", f"--url {there}; or", "give --method: one of")
        assert len(stub.requests) < 9  # it went nowhere else


# A real Airflow behind a server of https.


def test_a_real_airflow_behind_tls(
    program: Program, airflow: LocalAirflow, authority: Authority, kept: Kept
) -> None:
    def forwarded(request: Request) -> Reply:
        headers = {
            name: value for name, value in request.headers.items() if name not in ("host", "connection")
        }
        answer = httpx.request(
            request.method, airflow.url + request.target, headers=headers, content=request.body,
            trust_env=False, timeout=60,
        )  # fmt: skip
        passed = tuple(
            (name, answer.headers[name]) for name in ("content-type", "location") if name in answer.headers
        )
        return Reply(answer.content, answer.status_code, passed)

    with Stub(forwarded, authority.server()) as https:
        line = ("auth", "login", "--url", https.url, "-u", "admin", "--password-stdin")
        done = program(*line, "--ca-bundle", str(authority.bundle), stdin=airflow.password("admin"))
        assert (done.err, done.code) == ("", 0)
        assert program("dags", "get", "demo_etl", "-o", "name") == Done("demo_etl\n", "", 0)
        assert program("auth", "status", "-o", "json").json["origin"] == https.url
        assert program("auth", "logout", "-o", "json").json["revoked"] is True
