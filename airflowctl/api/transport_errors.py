"""Turns a request without an answer into an error for the user."""

from __future__ import annotations

import ssl

import httpx

from airflowctl.api.deadline import OutOfTime
from airflowctl.api.proxy_discovery import Proxy, proxy_for, proxy_suffix
from airflowctl.api.server_errors import doubt_hint, unusable
from airflowctl.api.transport import MOST, TooLarge
from airflowctl.core.errors import CliError, ServerRefused, TimedOut, Unreachable
from airflowctl.core.url import parse_address, show_path

WHERE = "check --url, or the environment (-e)"
LESS = "ask for less: --limit N, or a filter like --pattern or --state"
_TRUST = "say whom to trust with {}ca-bundle or SSL_CERT_FILE"
_UNKNOWN_HOST = ("Name or service", "name resolution", "nodename", "getaddrinfo", "address associated")
_CUT_OFF = ("disconnected", "peer closed")
# What a server says of a client's certificate, before it has read any request.
_WANTS_CERTIFICATE = (
    "CERTIFICATE_REQUIRED",
    "ALERT_UNKNOWN_CA",
    "ALERT_BAD_CERTIFICATE",
    "HANDSHAKE_FAILURE",
)


def transport_error(
    error: httpx.HTTPError, method: str, path: str, base_url: str, timeout: float, option: str = "--"
) -> CliError:
    """Return the error for an exchange that failed; `timeout` is in seconds, `option` the beginning of the
    options that are for the way to this server."""
    proxy, by_proxy, path = proxy_for(base_url), proxy_suffix(base_url), show_path(path)
    # Before the proxy's errors: our own limit ends an exchange wherever it is, also in a proxy's greeting.
    if isinstance(error, OutOfTime):
        return TimedOut(
            f"{base_url} has not answered {method} {path} whole within {error.seconds:g} s{by_proxy}",
            doubt_hint(method, path) or "wait longer with --max-time SECONDS",
        )
    if proxy and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return _by_proxy(error, proxy, base_url, option)
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOut(f"{base_url} does not answer", "is the address right, and is there a way to it?")
    if isinstance(error, httpx.ConnectError) or _wants_certificate(error):
        failed = _no_connection(error, base_url, option)
        # Only a refused connection proves that no byte of the request was sent (decision 0012).
        failed.is_unsent = isinstance(_root(error), ConnectionRefusedError)
        return failed
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(
            f"no answer from {base_url} to {method} {path} within {timeout:g} s{by_proxy}",
            doubt_hint(method, path) or "wait longer with --request-timeout SECONDS",
        )
    if isinstance(error, TooLarge):
        return ServerRefused(
            f"the server's answer is larger than {MOST // 1_000_000} MB: {method} {path} of {base_url}",
            doubt_hint(method, path) or LESS,
        )
    if isinstance(error, httpx.DecodingError):
        return unusable(base_url, method, path, "a broken encoding")
    # httpx has one class for an answer that is no HTTP and for one that breaks off: only its words differ.
    if isinstance(error, httpx.RemoteProtocolError) and not any(words in str(error) for words in _CUT_OFF):
        return Unreachable(
            f"{base_url} does not answer as a web server does{by_proxy}: {error}",
            doubt_hint(method, path) or "check http:// against https://, and the port",
        )
    return Unreachable(
        f"{base_url} broke the connection off during {method} {path}{by_proxy}",
        doubt_hint(method, path) or "try again",
    )


def _by_proxy(error: httpx.TransportError, proxy: Proxy, base_url: str, option: str) -> CliError:
    """Return the error of a connection by a proxy: the proxy was not reached, or refused."""
    way = proxy.bypass_hint(base_url)
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOut(f"{proxy.description} for {base_url} does not answer", way)
    if isinstance(error, httpx.ProxyError):
        return Unreachable(f"{proxy.description} refused {base_url}: {error}", way)
    reason = str(error)
    if isinstance(_root(error), ssl.SSLError) or "SSL" in reason:
        return Unreachable(
            f"no secure connection to {base_url} through {proxy.description}: {reason}",
            f"{_TRUST.format(option)}, or {way}",
        )
    return Unreachable(f"no connection to {proxy.description} for {base_url}: {reason}", way)


def _no_connection(error: httpx.HTTPError, base_url: str, option: str) -> CliError:
    reason = str(error)
    if isinstance(_root(error), ssl.SSLError) or "SSL" in reason:
        return Unreachable(
            f"no secure connection to {base_url}: {reason}",
            f"the server wants to know who asks: {option}client-cert, {option}client-key"
            if _wants_certificate(error)
            else f"{_TRUST.format(option)}, or check http:// against https://",
        )
    if any(words in reason for words in _UNKNOWN_HOST):
        return Unreachable(f"the host name '{parse_address(base_url).host}' is not known", WHERE)
    if "refused" in reason:
        return Unreachable(
            f"nothing answers at {base_url} (connection refused)", f"is the API server running? {WHERE}"
        )
    return Unreachable(f"cannot reach {base_url}: {reason}", WHERE)


def _wants_certificate(error: httpx.HTTPError) -> bool:
    return isinstance(_root(error), ssl.SSLError) and any(words in str(error) for words in _WANTS_CERTIFICATE)


def _root(error: BaseException) -> BaseException:
    # httpx wraps the errors of httpcore, which wraps those of ssl and of the socket.
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
