"""Connections to a server: certificates, proxies, limits of time and size. Redirects are never followed."""

from __future__ import annotations

import ssl

import httpx

from airflowctl import __version__
from airflowctl.api.bounded import ENCODINGS, limit_size
from airflowctl.api.gate import Gate
from airflowctl.api.proxy_discovery import proxy_url
from airflowctl.core.environment import Network
from airflowctl.core.errors import UsageError

TIMEOUT, CONNECT_TIMEOUT = 30.0, 10.0  # seconds without a sign of the server
PATIENCE = 120.0  # where it has to gather its whole answer first, as of a log of 100,000 lines


def connect(gate: Gate, network: Network, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a pool of connections to the base of a gate, which checks every request that leaves. Raises
    UsageError for settings that cannot be used."""
    # Loading the trusted certificates costs as much as the rest of a short command; http needs none.
    verify = _trusted_certificates(network) if gate.base.scheme == "https" else False
    try:
        return httpx.Client(
            verify=verify,
            headers={
                "User-Agent": f"airflowctl/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": ENCODINGS,
            },
            timeout=time_limit(TIMEOUT),
            # A redirect could lead the token to another server (docs/security.md).
            follow_redirects=False,
            transport=transport,
            proxy=None if transport else proxy_url(gate.base.base),
            # httpx would choose a proxy by rules of its own (decision 0014).
            trust_env=False,
            event_hooks={"request": [gate.look], "response": [limit_size]},
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        raise UsageError(
            f"the proxy settings cannot be used: {error}",
            "look at HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY",
        ) from None


def time_limit(seconds: float) -> httpx.Timeout:
    """Return a time limit without a sign of the server, in seconds; less for the connection itself."""
    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_TIMEOUT))


def _trusted_certificates(network: Network) -> ssl.SSLContext:
    """Return the certificates to trust: the bundle that is named and no other; without one httpx's own choice
    (SSL_CERT_FILE, SSL_CERT_DIR) and those that this system trusts, a company's own authority say."""
    try:
        context = (
            ssl.create_default_context(cafile=network.ca_bundle)
            if network.ca_bundle
            else _default_certificates()
        )
    except OSError as error:  # ssl.SSLError is one
        where = f" in {network.ca_bundle}" if network.ca_bundle else ""
        raise UsageError(
            f"the certificates{where} cannot be read: {error}",
            "look at --ca-bundle, SSL_CERT_FILE, SSL_CERT_DIR and SSLKEYLOGFILE",
        ) from None
    if network.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if network.client_cert:
        _load_own(context, network)
    return context


def _default_certificates() -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def _load_own(context: ssl.SSLContext, network: Network) -> None:
    # OpenSSL itself would prompt for one on the terminal, past the Printer and the time limit.
    def no_passphrase() -> str:
        raise ValueError("the key has a passphrase")

    try:
        context.load_cert_chain(network.client_cert, network.client_key or None, no_passphrase)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the client certificate {network.client_cert} cannot be used: {error}",
            "give --client-cert and --client-key, in PEM form and without a passphrase",
        ) from None
