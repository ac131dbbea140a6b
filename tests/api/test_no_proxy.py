"""Which entries of NO_PROXY mean which address, and that this machine is reached by no proxy at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from airflowctl.api.proxy_discovery import proxy_for
from tests.api.test_network import LOGIN, POOL
from tests.support.environment_files import write
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.proxy import Proxy
from tests.support.rows import every_row
from tests.support.stub import TOKEN, Request, Stub, lets_in, reply

pytestmark = pytest.mark.usefixtures("plain")

ENTRIES = [
    ("[2001:db8::1]", "https://[2001:db8::1]", True),
    ("[2001:db8::1]", "https://[2001:db8::2]", False),
    ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443", True),
    ("[2001:db8::1]:8443", "https://[2001:db8::1]", False),
    ("2001:DB8:0::1", "https://[2001:db8::1]", True),
    ("2001:db8::/32", "https://[2001:db8:9::1]", True),
    ("[2001:db8::]/32", "https://[2001:db8:9::1]", True),
    ("fe80::/10", "https://[2001:db8::1]", False),
    ("::/0", "https://[2001:db8::1]", True),
    ("::/0", "https://10.1.2.3", False),
    ("10.0.0.0/8", "http://10.1.2.3:8080", True),
    ("10.0.0.1/8", "http://10.1.2.3", True),
    ("10.0.0.0/8", "http://11.1.2.3", False),
    ("10.0.0.0/8", "http://airflow.example.org", False),
    ("10.1.2.3", "http://10.1.2.3:8080", True),
    ("example.org:443", "https://example.org", True),
    ("example.org:80", "https://example.org", False),
    (".example.org", "https://airflow.example.org", True),
    ("example.org", "https://notexample.org", False),
    ("[::1", "https://example.org", False),
    ("::1]", "https://example.org", False),
    ("10.0.0.0/99", "http://10.1.2.3", False),
    ("10.0.0.0/x", "http://10.1.2.3", False),
    ("/", "http://10.1.2.3", False),
    (":", "http://10.1.2.3", False),
    ("[]", "http://10.1.2.3", False),
    ("://", "http://10.1.2.3", False),
    ("ftp://example.org", "http://example.org", False),
    ("http://example.org/path", "http://example.org", True),
    ("%zz", "http://10.1.2.3", False),
    ("a:b:c", "http://10.1.2.3", False),
    ("exämple.org", "http://example.org", False),
    (" , ,,", "http://example.org", False),
    ("[::1],localhost,example.org", "http://example.org", True),
]


@every_row(("entry", "url", "is_direct"), ENTRIES, ids=[f"{row[0]} {row[1]}" for row in ENTRIES])
def test_an_entry_means_its_addresses_and_no_others(
    monkeypatch: pytest.MonkeyPatch, entry: str, url: str, is_direct: bool
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://proxy.invalid:1")
    monkeypatch.setenv("NO_PROXY", entry)
    assert (proxy_for(url) is None) == is_direct


@pytest.mark.parametrize("entry", sorted({row[0] for row in ENTRIES}))
def test_an_odd_entry_breaks_no_command(program: Program, stub: Stub, entry: str) -> None:
    own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=TOKEN, NO_PROXY=entry)
    assert own(*POOL) == Done("p\n", "", 0)


# This machine.

VARIABLES = ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
HERE = [
    "127.0.0.1",
    "127.1.2.3",
    "localhost",
    "LOCALHOST",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:0:0:1]",
]


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("kind", ["http", "https", "socks5", "socks5h"])
def test_no_proxy_is_taken_to_this_machine(monkeypatch: pytest.MonkeyPatch, variable: str, kind: str) -> None:
    monkeypatch.setenv(variable, f"{kind}://proxy.invalid:1")
    for host in HERE:
        for scheme in ("http", "https"):
            assert proxy_for(f"{scheme}://{host}:8080/team") is None


@pytest.mark.parametrize("variable", VARIABLES)
def test_neither_token_nor_password_for_this_machine_reaches_a_proxy(
    program: Program, stub: Stub, kept: Kept, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """What it gets in clear stays empty, with a token in a variable, at a login, with what is kept."""
    with Proxy(stub.url) as proxy:
        monkeypatch.setenv(variable, proxy.url)
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=TOKEN)
        assert own(*POOL) == Done("p\n", "", 0)
        assert program("auth", "login", "--url", stub.url, *LOGIN, stdin="s3cret-canary\n").code == 0
        assert program(*POOL) == Done("p\n", "", 0)
        assert program("auth", "logout").code == 0
        assert proxy.heads == []
    assert any(b"s3cret-canary" in request.body for request in stub.requests)


def test_a_socks_proxy_in_the_environment_is_no_matter_here(program: Program, stub: Stub) -> None:
    own = program.with_environ(
        AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=TOKEN, ALL_PROXY="socks5h://127.0.0.1:1"
    )
    assert own.process(*POOL) == Done("p\n", "", 0)


def test_an_issuer_on_this_machine_is_reached_by_no_proxy(
    program: Program, stub: Stub, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: Request) -> object:
        if request.path.endswith("/openid-configuration"):
            return reply({"issuer": issuer.url, "token_endpoint": f"{issuer.url}/token"})
        return reply({"access_token": TOKEN, "token_type": "bearer"})

    with Stub(answer) as issuer, Proxy(stub.url) as proxy:  # type: ignore[arg-type]
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        line = ("auth", "login", "--url", stub.url, "--issuer", issuer.url, "--client-id", "me")
        assert program(*line, "--client-secret-stdin", stdin="s3cret-canary\n").code == 0
        assert (proxy.heads, issuer.sent[-1]) == ([], "POST /token")


# Another machine.


@pytest.fixture
def far(program: Program) -> Callable[[str], Program]:
    def make(proxy: str) -> Program:
        return program.with_environ(
            AIRFLOWCTL_URL="http://airflow.example.org", AIRFLOW_CLI_TOKEN=TOKEN, HTTP_PROXY=proxy
        )

    return make


LINES = [
    POOL, ("dags", "pause", "etl"), ("pools", "set", "p", "1"), ("api", "GET", "/api/v2/pools"),
    ("auth", "status"), ("api", "POST", "/api/v2/variables", "--body", '{"key": "k", "value": "v"}'),
]  # fmt: skip


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_clear_http_to_another_machine_needs_a_word_by_a_proxy_too(
    far: Callable[[str], Program], stub: Stub, line: tuple[str, ...]
) -> None:
    with Proxy(stub.url) as proxy:
        done = far(proxy.url).process(*line)
        assert done.code in (2, 4)
        assert "not encrypted" in done.out + done.err
        assert (proxy.heads, stub.requests) == ([], [])


def test_a_body_without_a_token_stays_here_too(far: Callable[[str], Program], stub: Stub) -> None:
    """A password, or the value of a connection, is a secret where nobody has to log in, too."""
    with Proxy(stub.url) as proxy:
        own = far(proxy.url)
        own.environ.pop("AIRFLOW_CLI_TOKEN")
        done = own.process("variables", "set", "k", "s3cret-canary")
        assert done.code == 2
        assert "not encrypted" in done.err
        assert "s3cret-canary" not in "".join(proxy.heads)


def test_what_the_file_of_an_environment_allows_is_said_each_time(
    program: Program, stub: Stub, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://airflow.example.org"
    write(home, "far", f'url = "{url}"\n\n[network]\ninsecure_http = true\n')
    with Proxy(stub.url) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        for _ in range(2):
            done = program(*POOL, "-e", "far")
            assert (done.out, done.code) == ("p\n", 0)
            assert done.err.count(f"warning: {url} is not encrypted") == 1
            assert f"through the proxy {proxy.url} (HTTP_PROXY)" in done.err
            assert "env set far --unset insecure-http" in done.err
        assert program("env", "set", "far", "--unset", "insecure-http").code == 0
        assert len(proxy.asked) == 2


def test_an_exception_for_this_machine_says_nothing(program: Program, home: Path) -> None:
    with Stub(lets_in) as stub:
        write(home, "here", f'url = "{stub.url}"\n\n[network]\ninsecure_http = true\n')
        assert program(*POOL, "-e", "here") == Done("p\n", "", 0)
