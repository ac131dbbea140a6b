"""Servers of https, and who vouches for them."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.certificate_authority import Authority, Identity
from tests.support.stub import Stub, lets_in


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="session")
def authority(certificates: Path) -> Authority:
    return Authority(certificates)


@pytest.fixture(scope="session")
def other(certificates: Path) -> Authority:
    """One that the server knows nothing of."""
    return Authority(certificates, "other")


@pytest.fixture
def https(authority: Authority) -> Iterator[Stub]:
    """A server of https whose certificate our authority has signed."""
    with Stub(lets_in, authority.server()) as server:
        yield server


@pytest.fixture
def strict(authority: Authority) -> Iterator[Stub]:
    """One that wants to know its clients."""
    with Stub(lets_in, authority.server("strict", wants_client=True)) as server:
        yield server


@pytest.fixture(scope="session")
def client(authority: Authority) -> Identity:
    return authority.identity("client")


@pytest.fixture
def quick_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """No authorities for the connections of a test that makes hundreds and sends nothing over them: loading
    those of this system is most of the time that a connection costs."""
    monkeypatch.setattr(httpx, "create_ssl_context", lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *_: None)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what this machine says of certificates and proxies."""
    for name in list(os.environ):
        if name.upper().endswith("_PROXY") or name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
            monkeypatch.delenv(name)
