"""Paths that lead elsewhere: a login stays within scheme, host, port and path of its address."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from airflowctl.api.client import Client
from airflowctl.core.errors import UsageError
from airflowctl.core.url import base_url, fill, has_dot_segment, parse_address
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.stub import TOKEN, Reply, Request, Stub, reply

pytestmark = pytest.mark.usefixtures("plain")


@pytest.fixture
def thief() -> Iterator[Stub]:
    """Another server, which is to be asked nothing."""
    with Stub() as server:
        yield server
        assert server.requests == []


class Holder:
    """An identity with a token (airflowctl.api.identity.Identity)."""

    def token(self) -> str:
        return TOKEN

    def renew(self, refused: str) -> str:
        return ""

    def who(self) -> str:
        return "ann"

    def no_token(self) -> str:
        return ""

    def log_in(self) -> str:
        return ""


# What is added to a base, so that the whole is another place. {thief} is host and port of another server.
SUFFIXES = [
    ":1/steal", ":0/steal", "1/steal", "@{thief}/steal", ":x@{thief}/steal", "@{thief}:1/steal",
    ".evil.example/steal", "evil.example/steal", "-b/steal", "b/api/v2/pools",
    "/../team-b/api", "/..", "/../", "/./../team-b", "/x/../../team-b", "/api/v2/../../../team-b/api",
    "/%2e%2e/team-b", "/%2E%2E/team-b", "/.%2e/team-b", "/%2e./team-b", "/%2e%2e%2fteam-b",
    "/..%2fteam-b", "/..%2Fteam-b", "/..%5cteam-b", "/%252e%252e/team-b", "/%25252e%25252e%25252fteam-b",
    "/..;/team-b", "/..;x=y/team-b", "/%2e%2e;/team-b", "/..%3b/team-b", "/%c0%ae%c0%ae/team-b",
    "/%c0%ae%c0%ae%c0%afteam-b", "/%u002e%u002e/team-b", "/..%00/team-b", "/..%20/team-b", "/..\\team-b",
    "\\..\\team-b", "\\\\{thief}/steal", "/\\{thief}/steal", "/a b", "/a\tb", "/a\nb", "/a\r\nHost: x",
    "/a\0b", "/\u202e", "/a#b", "#@{thief}/", "/%", "/%2", "/%zz", "/\uff0e\uff0e/team-b",
    "http://{thief}/steal", "://{thief}/steal", "/.", "/api/./v2",
]  # fmt: skip


@pytest.mark.usefixtures("quick_trust")
@every_row("suffix", SUFFIXES, ids=repr)
@every_row("base", ["http://127.0.0.1", "http://127.0.0.1:8080/team-a", "https://a.example/team-a"])
def test_no_path_takes_the_token_out_of_its_address(thief: Stub, base: str, suffix: str) -> None:
    asked: list[httpx.Request] = []

    def record(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    client = Client(base, Holder(), transport=httpx.MockTransport(record))
    path = suffix.format(thief=thief.url.removeprefix("http://"))
    for method, body in (("GET", None), ("POST", {"password": "s3cret"})):
        with pytest.raises(UsageError) as refused:
            client.send(method, path, body=body)
        assert TOKEN not in refused.value.message
    assert asked == []


@pytest.mark.parametrize("suffix", ["//{thief}/steal", "///{thief}", "//@{thief}/x"])
def test_slashes_make_no_other_host(stub: Stub, thief: Stub, suffix: str) -> None:
    """At the root they are refused; below a path they are a path."""
    path = suffix.format(thief=thief.url.removeprefix("http://"))
    with pytest.raises(UsageError):
        Client(stub.url, Holder()).send("GET", path)
    assert stub.requests == []


@every_row(
    "path",
    [
        "/../team-b/api/v2/pools", "/%2e%2e/team-b/api/v2/pools", "/..%2fteam-b/api/v2/pools", "/..",
        "/api/v2/../../../team-b", "/..\\team-b", "/.%2E/team-b", "/%252e%252e/team-b", "/..;/team-b",
    ],
)  # fmt: skip
@every_row("method", ["GET", "DELETE", "POST"])
def test_a_typed_path_does_not_leave_its_prefix(program: Program, stub: Stub, method: str, path: str) -> None:
    own = program.with_environ(AIRFLOWCTL_URL=f"{stub.url}/team-a", AIRFLOW_CLI_TOKEN=TOKEN)
    done = own("api", method, path, "--yes")
    assert (done.out, done.code) == ("", 2)
    assert "unexpected" not in done.err
    assert stub.requests == []


def test_a_path_within_the_prefix_is_sent(program: Program, stub: Stub) -> None:
    own = program.with_environ(AIRFLOWCTL_URL=f"{stub.url}/team-a", AIRFLOW_CLI_TOKEN=TOKEN)
    assert own("api", "GET", "/api/v2/pools/a.b..c/%7Ex?next=/../x").code == 0
    assert stub.requests[0].target.startswith("/team-a/api/v2/pools/a.b..c/%7Ex?")
    assert stub.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


# The server's own document.

DOCUMENT_PATHS = [
    ":{port}/steal", "@{thief}/steal", "//{thief}/steal", "http://{thief}/steal", ".evil.example/steal",
    "/../team-b/steal", "/%2e%2e/team-b/steal", "/..%2fteam-b", "/..\\team-b", "", "steal",
]  # fmt: skip


@pytest.mark.parametrize("path", DOCUMENT_PATHS)
def test_a_document_whose_paths_lead_elsewhere_is_named(
    program: Program, stub: Stub, thief: Stub, path: str
) -> None:
    place = thief.url.removeprefix("http://")
    path = path.format(thief=place, port=place.partition(":")[2])

    def answer(request: Request) -> Reply:
        operation = {"operationId": "steal_a", "security": [{"x": []}]}
        paths = {path: {"get": operation}, "/fine": {"get": {"operationId": "fine"}}}
        return reply({"paths": paths, "plugins": [], "total_entries": 0})

    stub.answer = answer
    own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=TOKEN)
    done = own("api", "steal_a")
    assert (done.out, done.code) == ("", 1)
    assert "the path of steal_a" in done.err
    assert "leads elsewhere" in done.err
    assert {request.path for request in stub.requests} == {"/openapi.json", "/api/v2/plugins"}
    listed = own("api", "list", "--remote")
    assert "warning: a document of this server has paths that lead elsewhere: steal_a\n" in listed.err
    assert own("api", "fine").code == 0


@pytest.mark.parametrize("prefix", ["/../team-b", "/%2e%2e/team-b", "//{thief}", "/\\{thief}", "@{thief}"])
def test_the_prefix_of_a_plugin_leads_nowhere_else(
    program: Program, stub: Stub, thief: Stub, prefix: str
) -> None:
    prefix = prefix.format(thief=thief.url.removeprefix("http://"))
    plugin = {"fastapi_apps": [{"url_prefix": prefix}]}
    stub.answer = lambda request: reply({"paths": {}, "plugins": [plugin], "total_entries": 1})
    own = program.with_environ(AIRFLOWCTL_URL=f"{stub.url}/team-a", AIRFLOW_CLI_TOKEN=TOKEN)
    assert own("api", "nosuch").code == 2
    assert all(request.path.startswith("/team-a/") for request in stub.requests)


# A redirect.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("line", [("pools", "get", "p"), ("dags", "pause", "p"), ("auth", "status")])
def test_a_redirect_is_not_followed(
    program: Program, stub: Stub, thief: Stub, status: int, line: tuple[str, ...]
) -> None:
    stub.answer = lambda request: reply("", status, "text/plain", Location=f"{thief.url}{request.target}")
    own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=TOKEN)
    assert own(*line).code != 0
    assert stub.requests


# Ids.

DOTS = [
    "..", ".", "../x", "x/..", "x/../../pools/default_pool", "a/./b", "%2e%2e", "%2E%2e/x", "x/%2e%2e/y",
    "x%2f..%2fy", "..%2f", "%252e%252e", "..\\x", "x\\..\\y", "..;/x", "..%5cx", "%c0%ae%c0%ae/x",
    "\uff0e\uff0e/x", "x/\u2025/y", "..\0/x", " ../x", "../ ", "%25252e%25252e/x",
]  # fmt: skip


@every_row("name", DOTS, ids=repr)
@every_row("line", [("variables", "get"), ("pools", "get"), ("variables", "delete", "--yes")])
def test_an_id_with_a_dot_segment_is_refused(
    program: Program, stub: Stub, line: tuple[str, ...], name: str
) -> None:
    own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=TOKEN)
    done = own(*line, "--", name)
    assert (done.out, done.code) == ("", 2)
    assert stub.requests == []


@pytest.mark.parametrize("name", DOTS, ids=repr)
def test_no_field_of_any_operation_takes_one(name: str) -> None:
    with pytest.raises(UsageError):
        fill("/api/v2/variables/{variable_key}", {"variable_key": name})


def test_whatever_is_encoded_and_how_often_it_is_seen() -> None:
    dots, slashes = (".", "%2e", "%2E", "%252e", "%c0%ae"), ("/", "%2f", "%2F", "%5c", "\\", "%252F")
    for first, second, before, after in itertools.product(dots, dots, slashes, slashes):
        for head, tail in (("x", "y"), ("", "y"), ("x", "")):
            text = f"{head}{before}{first}{second}{after}{tail}"
            assert has_dot_segment(text), text
            assert has_dot_segment(quote(text, safe="")), text


@pytest.mark.parametrize(
    "text", ["...", "a..b", "..a", "a..", ".x/y.", "1.2.3/x", "%2e%2ex", "100%", "é/..x"]
)
def test_dots_of_a_name_are_no_segment(text: str) -> None:
    assert not has_dot_segment(text)


# The one parser, and what httpx makes of the same text.

PIECES = {
    "scheme": ("http://", "HTTPS://", "ftp://", "//", "http:/", "file:///", "javascript://"),
    "user": ("", "ann@", "ann:pw@", "127.0.0.1:x@", "%40"),
    "host": (
        "a.example", "A.Example", "127.0.0.1", "127.1", "0177.0.0.1", "0x7f.1", "2130706433", "[::1]",
        "[::ffff:127.0.0.1]", "[fe80::1%25eth0]", "[::1", "a.example.", ".a.example", "a..b", "ex\\ample",
        "b%2eexample", "bücher.example", "ｅvil.example", "a。example", "xn--bcher-kva.example", "", " a",
    ),
    "port": ("", ":80", ":443", ":8080", ":0", ":65536", ":-1", ":080", ":８０", ":", ":x"),
    "path": ("", "/", "/a", "/a/../b", "/%2e%2e", "//b", "/a b", "/é", "/a?q=1", "/a#f", "\\b"),
}  # fmt: skip


def test_what_the_parser_takes_httpx_sends_to_the_same_place() -> None:
    taken = 0
    for parts in itertools.product(*PIECES.values()):
        try:
            ours = parse_address("".join(parts))
        except ValueError:
            continue
        theirs = httpx.URL("".join(parts))
        port = theirs.port or {"http": 80, "https": 443}[theirs.scheme]
        raw = theirs.raw_path.decode()
        assert (ours.scheme, ours.port) == (theirs.scheme, port)
        assert ours.host == parse_address(f"http://{theirs.netloc.decode()}").host
        assert theirs.userinfo == b""
        assert raw == (ours.path or "/") + (f"?{ours.query}" if ours.query else "")
        assert parse_address(str(theirs))[:3] == ours[:3]
        assert parse_address(ours.base).base == ours.base
        taken += 1
    assert taken > 100


def test_an_address_that_is_typed_has_one_form() -> None:
    assert base_url("HTTPS://Bücher.example:443/Team/api/v2/") == "https://xn--bcher-kva.example/Team"
    assert base_url("http://[0:0::1]:80/a b") == "http://[::1]/a%20b"
    for text in ("http://faß.example", "http://ｅvil.example", "http://a.example/x/../y", "http://127.1"):
        with pytest.raises(UsageError):
            base_url(text)
