"""An issuer is the one that its own document names; and what renewing sends to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.api.auth import oidc
from airflowctl.core.credential import Credential
from airflowctl.core.errors import ServerRefused
from tests.auth.test_hostile_issuers import IssuerStub, User
from tests.support.stub import Reply, Request, reply

pytestmark = pytest.mark.usefixtures("plain")


@pytest.fixture
def issuer() -> Iterator[IssuerStub]:
    with IssuerStub() as server:
        yield server


OTHERS: dict[str, Any] = {
    "another server": "https://other.example",
    "another port": "http://127.0.0.1:1",
    "another path": "{url}/realms/other",
    "a slash at its end": "{url}/",
    "capitals": "HTTP://127.0.0.1",
    "nothing": "",
    "null": None,
    "a list": ["{url}"],
}


@pytest.mark.parametrize("named", OTHERS.values(), ids=OTHERS)
def test_a_document_of_another_issuer_is_refused(issuer: IssuerStub, named: Any) -> None:
    """It comes with 200 and all endpoints: only its `issuer` is another one."""
    issuer.facts["issuer"] = named.format(url=issuer.url) if isinstance(named, str) else named
    with (
        oidc.Issuer(issuer.login) as asked,
        pytest.raises(ServerRefused, match="is not an OpenID Connect issuer"),
    ):
        asked.post("token_endpoint", {"grant_type": "client_credentials"}, "s3cret-canary")
    assert issuer.secrets == []


@pytest.mark.parametrize("status", [201, 299])
def test_any_success_is_a_document(issuer: IssuerStub, status: int) -> None:
    _answer_with(issuer, status)
    with oidc.Issuer(issuer.login) as asked:
        assert asked.endpoint("token_endpoint") == f"{issuer.url}/token"


@pytest.mark.parametrize("status", [302, 400, 401, 404, 500, 503])
def test_a_good_document_with_a_failure_is_refused(issuer: IssuerStub, status: int) -> None:
    """Its `issuer` is right: only the status is not."""
    _answer_with(issuer, status)
    with oidc.Issuer(issuer.login) as asked, pytest.raises(ServerRefused, match="is not an OpenID Connect"):
        asked.endpoint("token_endpoint")


def _answer_with(issuer: IssuerStub, status: int) -> None:
    document = {"issuer": issuer.url, "token_endpoint": f"{issuer.url}/token"}

    def answer(request: Request) -> Reply:
        return reply(document, status)

    issuer.answer = answer


@pytest.mark.parametrize("ending", ["", "/", "//"])
def test_a_slash_at_the_end_of_the_issuer_is_no_matter(issuer: IssuerStub, ending: str) -> None:
    login = issuer.login_as(User(), issuer=issuer.url + ending)
    with oidc.Issuer(login) as asked:
        assert asked.endpoint("token_endpoint") == f"{issuer.url}/token"
    assert [request.target for request in issuer.requests] == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    "renewal",
    [
        {},
        {"issuer": "{url}"},
        {"issuer": "{url}", "refresh_token": ""},
        {"issuer": "", "refresh_token": "r3fresh-canary"},
        {"refresh_token": "r3fresh-canary"},
    ],
)
def test_without_refresh_token_or_issuer_nothing_is_sent(issuer: IssuerStub, renewal: dict[str, str]) -> None:
    """The environment names an issuer: it is not asked, for it may be another one than gave the token."""
    held = Credential(
        "t.o.k",
        "http://127.0.0.1:1",
        renewal={name: text.format(url=issuer.url) for name, text in renewal.items()},
    )
    assert oidc.renew_by_refresh_token(held, issuer.login, "oidc-pkce") is None
    assert issuer.requests == []
