"""Which authorities and proxies of this system are used, and what is said of settings that cannot be."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator

import pytest

from airflowctl.api import transport
from airflowctl.core.environment import Network
from tests.support.certificate_authority import Authority
from tests.support.program import Program

pytestmark = pytest.mark.usefixtures("plain")


@pytest.fixture
def of_the_system(authority: Authority) -> Iterator[None]:
    """OpenSSL's own files are this authority's: the variable is set for OpenSSL and not for httpx, which
    otherwise reads it itself and takes its own list of authorities."""
    os.putenv("SSL_CERT_FILE", str(authority.bundle))
    yield
    os.unsetenv("SSL_CERT_FILE")


def common_names(context: ssl.SSLContext) -> set[str]:
    subjects = (certificate["subject"] for certificate in context.get_ca_certs())
    return {value for subject in subjects for part in subject for name, value in part if name == "commonName"}


def test_an_authority_of_the_system_is_trusted_beside_the_public_ones(
    of_the_system: None, authority: Authority
) -> None:
    ours = common_names(ssl.create_default_context(cafile=str(authority.bundle)))
    trusted = common_names(transport._trusted_certificates(Network()))
    assert ours and ours <= trusted
    assert len(trusted) > len(ours) + 50


def test_beside_a_bundle_no_authority_of_the_system_is_trusted(
    of_the_system: None, authority: Authority, other: Authority
) -> None:
    trusted = common_names(transport._trusted_certificates(Network(ca_bundle=str(other.bundle))))
    assert trusted == common_names(ssl.create_default_context(cafile=str(other.bundle)))


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("value", ["ftp://proxy.example:21", "http://[::1", "http://proxy.example:port"])
def test_a_proxy_that_cannot_be_one_is_said(
    program: Program, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    own = program.with_environ(AIRFLOWCTL_URL="http://airflow.example", AIRFLOW_CLI_TOKEN="t.o.k")
    done = own("pools", "list", "--insecure-http")
    assert (done.out, done.code) == ("", 2)
    assert "the proxy settings cannot be used" in done.err
    assert "HTTP_PROXY" in done.err
