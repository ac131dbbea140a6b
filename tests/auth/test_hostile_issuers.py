"""Issuers that name other places: for a client's secret, for a refresh token, for the user's browser."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from airflowctl.api.auth import oidc
from airflowctl.api.auth.oidc_device import Device
from airflowctl.api.auth.oidc_pkce import Pkce
from airflowctl.api.auth.provider import Login
from airflowctl.api.client import Client
from airflowctl.auth.terminal_prompter import TerminalPrompter
from airflowctl.core.credential import Credential
from airflowctl.core.environment import Environment, settings_of
from airflowctl.core.errors import CliError, NotLoggedIn, ServerRefused, UsageError
from airflowctl.core.options import Options
from airflowctl.main import new_session
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.shell_driver import streams
from tests.support.stub import TOKEN, Reply, Request, Stub, lets_in, reply

pytestmark = pytest.mark.usefixtures("plain")
SECRET = "s3cret-canary"


class User:
    """A user whose browser visits what it is given (airflowctl.api.auth.provider.Prompter)."""

    can_ask = False

    def __init__(self, visit: Callable[[str], object] = lambda page: None) -> None:
        self.notes: list[str] = []
        self.pages: list[str] = []
        self._visit = visit

    def ask(self, question: str) -> str:
        raise AssertionError(question)

    ask_secret = ask

    def note(self, text: str) -> None:
        self.notes.append(text)

    def open(self, url: str) -> bool:
        self.pages.append(url)
        self._visit(url)
        return True


class IssuerStub(Stub):
    """An issuer with a document of its own: `facts` are put over what a good one has."""

    def __init__(self) -> None:
        super().__init__(self._answer_issuer)
        self.facts: dict[str, Any] = {}
        self.answers: dict[str, Any] = {"access_token": TOKEN, "token_type": "Bearer"}
        self.login = self.login_as(User())

    def login_as(self, user: User, **settings: str) -> Login:
        known = settings_of({"issuer": self.url, "client_id": "me", **settings})
        environment = Environment("e", self.url, settings=known)
        return Login(Client(self.url), environment, user, {}, {})

    def _answer_issuer(self, request: Request) -> Reply:
        if not request.path.endswith("/openid-configuration"):
            return reply(self.answers) if request.method == "POST" else lets_in(request)
        names = ("token", "authorization", "device_authorization", "revocation")
        good = {f"{name}_endpoint": f"{self.url}/{name}" for name in names}
        return reply({"issuer": self.url, **good, **self.facts})

    @property
    def secrets(self) -> list[Request]:
        return [request for request in self.requests if request.method == "POST"]


@pytest.fixture
def issuer() -> Iterator[IssuerStub]:
    with IssuerStub() as server:
        yield server


@pytest.fixture
def thief() -> Iterator[Stub]:
    """Another server, which is to be asked nothing."""
    with Stub() as server:
        yield server
        assert server.requests == []


ADDRESSES = [
    "http://{thief}/token", "HTTP://{thief}/token", "hTTp://{thief}/token", "https://{thief}/token",
    "HTTPS://{thief}/token", "http://{issuer}@{thief}/token", "http://me:pw@{thief}/token",
    "http://me:pw@{issuer}/token", "http://@{issuer}/token", "http://127.0.0.1:x@other.example/token",
    "http://{issuer}\\@{thief}/token", "http://{thief}\\@{issuer}/token", "http://{thief}#@{issuer}/token",
    "http://{thief}?@{issuer}/token", "http://{thief}/@{issuer}/token", "HTTP://other.example/token",
    "http://other.example/token", "http://{issuer}.evil.example/token", "http://127.0.0.1.nip.io/token",
    "http://localhost.evil.example/token", "http://evil-localhost/token", "http://localhost:{port}/token",
    "http://127.0.0.2:{port}/token", "http://0.0.0.0:{port}/token", "http://127.1:{port}/token",
    "http://2130706433:{port}/token", "http://0x7f000001:{port}/token", "http://0177.0.0.1:{port}/token",
    "http://[::ffff:127.0.0.1]:{port}/token", "http://[::1%25lo]:{port}/token", "http://127.0.0.1.:{port}/token",
    "http://127.0.0.1:0/token", "http://127.0.0.1:99999/token", "http://127.0.0.1:-1/token",
    "http://127.0.0.1:0{port}/token", "http://127.0.0.1/token", "https://ｅvil.example/token",
    "https://bücher.example/token", "https://issuer.example。evil.example/token", "https://evil.example./token",
    "ftp://{issuer}/token", "ftp://{thief}/token", "file:///etc/passwd", "file://{issuer}/etc/passwd",
    "smb://{thief}/x", "ws://{issuer}/token", "ms-calculator:x", "javascript:alert(1)", "data:text/html,x",
    "--evil-option=x", "-x", "--new-window", "//{thief}/token", "//{issuer}/token", "/token", "token", "",
    "http:{issuer}/token", "http:/{issuer}/token", "http:///{issuer}/token", "http://", "https://", "http://?x",
    " http://{issuer}/token", "http://{issuer}/token ", "http://{issuer}/to\nken", "\thttp://{issuer}/token",
    "http://{issuer}/\x00", "http://{issuer}/a/../token", "http://{issuer}/%2e%2e/token",
    "http://{issuer}/..%2ftoken", "http://{issuer}/..\\token", "http://{issuer}//{thief}/../token",
    "http://{issuer}/token#x", "http://{issuer}/to<ken", 'http://{issuer}/"token', "http://{issuer}/`id`",
]  # fmt: skip
ENDPOINTS = ["token", "device_authorization", "revocation", "authorization"]


def fill_in(address: str, issuer: Stub, thief: Stub) -> str:
    places = {"issuer": issuer.url.removeprefix("http://"), "thief": thief.url.removeprefix("http://")}
    return address.format(port=issuer.url.rpartition(":")[2], **places)


def use(issuer: IssuerStub, endpoint: str, user: User) -> None:
    """What a login does with an endpoint of this kind."""
    login = issuer.login_as(user)
    if endpoint == "authorization":
        Pkce().log_in(login)
    elif endpoint == "device_authorization":
        Device().log_in(login)
    elif endpoint == "revocation":
        held = Credential(TOKEN, issuer.url, renewal={"refresh_token": SECRET, "issuer": issuer.url})
        oidc.revoke_refresh_token(held, login)
    else:
        with oidc.Issuer(login) as client:
            client.post("token_endpoint", {"grant_type": "client_credentials"}, SECRET)


@every_row("endpoint", ENDPOINTS)
@every_row("address", ADDRESSES, ids=repr)
def test_no_endpoint_gets_a_secret_elsewhere(
    issuer: IssuerStub, thief: Stub, endpoint: str, address: str
) -> None:
    issuer.facts = {f"{endpoint}_endpoint": fill_in(address, issuer, thief)}
    user = User()
    with pytest.raises(CliError) as refused:
        use(issuer, endpoint, user)
    assert f"{endpoint}_endpoint" in refused.value.message or "not encrypted" in refused.value.message
    assert SECRET not in refused.value.message
    assert (issuer.secrets, user.pages) == ([], [])


@pytest.mark.parametrize("endpoint", ["token", "revocation"])
@pytest.mark.parametrize("address", ["http://{issuer}/x/y", "HTTP://{issuer}/x?tenant=a", "http://{issuer}"])
def test_an_endpoint_of_the_issuer_may_be_anywhere_there(
    issuer: IssuerStub, thief: Stub, endpoint: str, address: str
) -> None:
    issuer.facts = {f"{endpoint}_endpoint": fill_in(address, issuer, thief)}
    use(issuer, endpoint, User())
    assert len(issuer.secrets) == 1


def test_another_host_of_the_issuer_has_to_be_named(program: Program, issuer: IssuerStub) -> None:
    with Stub(lambda request: reply({"access_token": TOKEN, "token_type": "bearer"})) as other:
        issuer.facts = {"token_endpoint": f"{other.url}/token"}
        line = ["auth", "token", "--url", issuer.url, "--issuer", issuer.url, "--client-id", "me"]
        line += ["--client-secret-stdin"]
        done = program(*line, stdin=f"{SECRET}\n")
        host = other.url.removeprefix("http://")
        assert (done.out, done.code) == ("", 2)
        assert f"--setting issuer_hosts={host}\n" in done.err
        assert other.requests == []
        assert program(*line, "--setting", f"issuer_hosts={host}", stdin=f"{SECRET}\n").out == f"{TOKEN}\n"
        assert other.sent == ["POST /token"]


def test_a_redirect_of_the_issuer_is_not_followed(issuer: IssuerStub, thief: Stub) -> None:
    def moved(request: Request) -> Reply:
        if request.method == "GET":
            return issuer._answer_issuer(request)
        return reply("{}", 307, Location=f"{thief.url}/token")

    issuer.answer = moved
    with pytest.raises(CliError):
        use(issuer, "token", User())


NO_ISSUERS = [
    "http://{issuer}@{thief}", "http://me:pw@{issuer}", "http://{thief}\\@{issuer}", "ftp://{issuer}",
    "{issuer}", "//{issuer}", "HTTP://other.example", "http://127.0.0.1.nip.io:{port}", "http://127.1:{port}",
    "-x", "file:///x",
    "http://{issuer}?x=", "http://{issuer}#x", "http://{issuer}/a/../b", "http://{issuer}/%2e%2e/b",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_ISSUERS)
def test_what_is_given_as_issuer_is_checked_before_it_is_asked(
    issuer: IssuerStub, thief: Stub, text: str
) -> None:
    with pytest.raises(UsageError):
        oidc.Issuer(issuer.login_as(User(), issuer=fill_in(text, issuer, thief)))
    assert issuer.requests == []


# Pages.

PAGES = [
    "--evil-option=x", "-x", "--new-window=http://a.example", "file:///etc/passwd", "FILE:///etc/passwd",
    "ms-calculator:x", "javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "about:blank", "",
    "a.example", "//a.example/", "http://a.example/", "HTTP://a.example/", "http://10.0.0.1/", "/etc/passwd",
    "https://me@a.example/", "https://a.example/ --flag", "https://a.example/\n-x", " https://a.example/",
    'https://a.example/"x', "https://a.example/`id`", "https://a.example/\\x", "https://", "https:///x",
    "vscode://x", "ssh://a.example", "http://127.0.0.1.nip.io/", "http://localhost.evil.example/", "\\\\a\\b",
    "https://ｅvil.example/", "https://a.example#x",
]  # fmt: skip


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    pages: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda page: pages.append(page) or True)
    return pages


def open_page(program: Program, page: str) -> bool:
    environ = {**program.environ, "BROWSER": "a-browser"}
    return TerminalPrompter(new_session(streams(program), Options()).console, environ).open(page)


@every_row("page", PAGES, ids=repr)
def test_no_such_page_is_opened(program: Program, opened: list[str], page: str) -> None:
    with pytest.raises(UsageError):
        open_page(program, page)
    assert opened == []


@pytest.mark.parametrize("page", ["https://a.example/x?y=%2e#", "http://127.0.0.1:1/x", "http://localhost/"])
def test_pages_of_the_web_are(program: Program, opened: list[str], page: str) -> None:
    page = page.rstrip("#")
    assert open_page(program, page) is True
    assert opened == [page]


@every_row("field", ["verification_uri", "verification_uri_complete"])
@every_row("page", [page for page in PAGES if page], ids=repr)
def test_no_such_page_is_shown_to_enter_a_code(issuer: IssuerStub, field: str, page: str) -> None:
    good = {"verification_uri": "https://a.example/device", "device_code": "d", "user_code": "u"}
    issuer.answers = {**good, field: page}
    user = User()
    with pytest.raises(ServerRefused) as refused:
        use(issuer, "device_authorization", user)
    assert "names no page" in refused.value.message
    assert user.notes == []


# What an answer has to hold.


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER"])
def test_a_bearer_token_is_taken_in_any_case(issuer: IssuerStub, kind: str) -> None:
    answer = {"access_token": TOKEN, "token_type": kind}
    with oidc.Issuer(issuer.login) as client:
        assert oidc.credential(issuer.login, client, answer, "oidc-pkce").token == TOKEN


@pytest.mark.parametrize("kind", ["mac", "DPoP", "N_A", "", "bearer ", None, 5, ["bearer"]])
def test_a_token_of_another_kind_is_refused(issuer: IssuerStub, kind: object) -> None:
    answer = {"access_token": TOKEN, "token_type": kind}
    with oidc.Issuer(issuer.login) as client, pytest.raises(ServerRefused, match="no bearer token"):
        oidc.credential(issuer.login, client, answer, "oidc-pkce")


def visit(**more: str) -> Callable[[str], object]:
    """A browser that brings a code at once, with these fields besides."""

    def go(page: str) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        answer = {"code": "c", "state": asked["state"], **more}
        httpx.get(asked["redirect_uri"], params=answer, trust_env=False)

    return go


@pytest.mark.parametrize("says_so", [True, False, None])
def test_an_answer_without_its_issuer_is_refused_where_one_was_announced(
    issuer: IssuerStub, says_so: bool | None
) -> None:
    issuer.facts = {"authorization_response_iss_parameter_supported": says_so}
    login = issuer.login_as(User(visit()))
    if says_so:
        with pytest.raises(NotLoggedIn, match="does not name"):
            Pkce().log_in(login)
        assert issuer.secrets == []
    else:
        assert Pkce().log_in(login).token == TOKEN


def test_an_answer_with_its_issuer_is_taken(issuer: IssuerStub) -> None:
    issuer.facts = {"authorization_response_iss_parameter_supported": True}
    assert Pkce().log_in(issuer.login_as(User(visit(iss=issuer.url)))).token == TOKEN


def test_an_answer_of_another_issuer_ends_the_login_at_once(issuer: IssuerStub) -> None:
    with pytest.raises(NotLoggedIn, match="is of another issuer"):
        Pkce().log_in(issuer.login_as(User(visit(iss="https://other.example"))))
    assert issuer.secrets == []


def test_an_issuer_may_have_a_slash_at_its_end(issuer: IssuerStub) -> None:
    """As Auth0's have, where the name of the issuer in its answers has it too."""
    issuer.facts = {"issuer": f"{issuer.url}/"}
    user = User(visit(iss=f"{issuer.url}/"))
    credential = Pkce().log_in(issuer.login_as(user, issuer=f"{issuer.url}/"))
    assert (credential.token, credential.renewal["issuer"]) == (TOKEN, f"{issuer.url}/")


def test_a_slash_that_the_user_alone_typed_does_no_harm(issuer: IssuerStub) -> None:
    user = User(visit(iss=issuer.url))
    assert Pkce().log_in(issuer.login_as(user, issuer=f"{issuer.url}/")).token == TOKEN
