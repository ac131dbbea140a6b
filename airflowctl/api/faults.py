"""What a request without an answer means, in words for a person."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import httpx

from airflowctl.api.refusals import doubt, not_airflow
from airflowctl.core.errors import CliError, TimedOut, Unreachable

WHERE = "check --url, or the environment (-e)"
_UNKNOWN_HOST = ("Name or service", "name resolution", "nodename", "getaddrinfo", "address associated")
_CUT_OFF = ("disconnected", "peer closed")


def broken(error: httpx.HTTPError, method: str, path: str, base_url: str, timeout: float) -> CliError:
    """The error for an exchange that failed; `timeout` is in seconds."""
    if isinstance(error, httpx.ConnectTimeout):
        return TimedOut(f"{base_url} does not answer", "is the address right, and is there a way to it?")
    if isinstance(error, httpx.ConnectError):
        return _no_connection(error, base_url)
    if isinstance(error, httpx.ProxyError):
        return Unreachable(
            f"the proxy refused {base_url}: {error}", "see HTTP_PROXY, HTTPS_PROXY and NO_PROXY"
        )
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(
            f"no answer from {base_url} to {method} {path} within {timeout:g} s",
            doubt(method, path) or "wait longer with --request-timeout SECONDS",
        )
    if isinstance(error, httpx.DecodingError):
        return not_airflow(base_url, f"answered {method} {path} in a broken encoding")
    if isinstance(error, httpx.RemoteProtocolError) and not any(words in str(error) for words in _CUT_OFF):
        return Unreachable(
            f"{base_url} does not answer as a web server does: {error}",
            doubt(method, path) or "check http:// against https://, and the port",
        )
    return Unreachable(
        f"{base_url} broke the connection off during {method} {path}", doubt(method, path) or "try again"
    )


def _no_connection(error: httpx.ConnectError, base_url: str) -> CliError:
    reason = str(error)
    if isinstance(_root(error), ssl.SSLError) or "SSL" in reason:
        return Unreachable(
            f"no secure connection to {base_url}: {reason}",
            "set SSL_CERT_FILE to the certificates to trust, or check http:// against https://",
        )
    if any(words in reason for words in _UNKNOWN_HOST):
        return Unreachable(f"the host name '{urlsplit(base_url).hostname}' is not known", WHERE)
    if "refused" in reason:
        return Unreachable(
            f"nothing answers at {base_url} (connection refused)", f"is the API server running? {WHERE}"
        )
    return Unreachable(f"cannot reach {base_url}: {reason}", WHERE)


def _root(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
