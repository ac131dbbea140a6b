"""The time that a request may take as a whole, connection, headers and body: `--max-time`."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from threading import Thread, local
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx

from airflowctl.core.typed import NamedTuple

if TYPE_CHECKING:
    import ssl

    from httpcore import SOCKET_OPTION, NetworkBackend, NetworkStream

SILENCE, CONNECT = 30.0, 10.0  # seconds without a sign of the server
PATIENCE = 120.0  # where it has to gather its whole answer first, as of a log of 100,000 lines
WHOLE = 300.0
_EXTENSION = "max_time"  # the name among the extensions of a request of httpx
_LASTING = ("wait_dag_run_until_finished",)  # operations whose answer is as long as a run
_PIECE = 1 << 16  # bytes of a request that are sent within one time limit

Value = TypeVar("Value")


class TimeLimits(NamedTuple):
    """How long a request may take, in seconds: without a sign of the server, and as a whole, where 0 is no
    limit and None the default."""

    silence: float = SILENCE
    whole: float | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the arguments that limit a request of httpx: each wait for the server, the shorter one for
        the connection, and the whole."""
        timeout = httpx.Timeout(self.silence, connect=min(self.silence, CONNECT))
        return {"timeout": timeout, "extensions": {_EXTENSION: WHOLE if self.whole is None else self.whole}}

    def of_stream(self) -> TimeLimits:
        """Return the limits of an answer that is read piece by piece, and may be as long as a task runs."""
        return TimeLimits(PATIENCE if self.silence == SILENCE else self.silence, self.whole or 0.0)

    def of_operation(self, name: str) -> TimeLimits:
        """Return the limits of an operation's request."""
        return self._replace(whole=self.whole or 0.0) if name in _LASTING else self


class OutOfTime(httpx.TimeoutException):
    """A request whose answer had not come whole within `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not whole within {seconds:g} s")
        self.seconds = seconds


class Deadline:
    """The moment, by the monotonic clock, at which a request that may take `seconds` has to be over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.monotonic() + seconds

    def shorten(self, timeout: float | None) -> float:
        """Return the time that is left, where that is less. Raises OutOfTime where nothing is."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise OutOfTime(self.seconds)
        return left if timeout is None else min(timeout, left)

    def check(self) -> None:
        """Raise OutOfTime once the moment has passed."""
        if time.monotonic() >= self.end:
            raise OutOfTime(self.seconds)


class _Sending(local):
    """The deadline of the request that this thread sends."""

    deadline: Deadline | None = None


_sending = _Sending()


class DeadlineTransport(httpx.HTTPTransport):
    """Sends a request over the network, and ends it at its deadline."""

    # httpx limits each wait only: a byte now and then would hold a request for ever. It has no parameter for
    # the layer below.
    def __init__(self, verify: ssl.SSLContext | bool, proxy: str | None = None) -> None:
        super().__init__(verify=verify, proxy=proxy, trust_env=False)
        self._pool._network_backend = cast("NetworkBackend", _Backend(self._pool._network_backend))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        seconds = request.extensions.get(_EXTENSION, WHOLE)
        _sending.deadline = Deadline(seconds) if seconds else None
        return super().handle_request(request)


def _limit(call: Callable[[float | None], Value], timeout: float | None, deadline: Deadline | None) -> Value:
    """Return what a call with this time limit returns. Raises OutOfTime where the deadline ended it."""
    if deadline is None:
        return call(timeout)
    try:
        return call(deadline.shorten(timeout))
    except Exception:
        deadline.check()
        raise


class _Stream:
    """A connection that serves one request after the other; what is sent first for a request binds it to the
    deadline of that request."""

    def __init__(self, stream: NetworkStream) -> None:
        self._stream = stream
        self._deadline = _sending.deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return _limit(partial(self._stream.read, max_bytes), timeout, self._deadline)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._deadline = _sending.deadline
        for start in range(0, len(buffer), _PIECE):
            _limit(partial(self._stream.write, buffer[start : start + _PIECE]), timeout, self._deadline)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        start = partial(self._stream.start_tls, ssl_context, server_hostname)
        return _Stream(_limit(start, timeout, self._deadline))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def look_up(host: str, port: int, timeout: float | None) -> list[str]:
    """Return the addresses of a host, by the system's order. Raises the errors of httpcore, and UnicodeError
    for what is no name."""
    if ":" in host or host.replace(".", "").isdigit():
        return [host]
    import httpcore

    outcome: list[Any] = []

    def ask() -> None:
        try:
            outcome.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    # The system's resolver has no time limit that a caller could set, and no Ctrl-C ends it.
    thread = Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout)
    if not outcome:
        raise httpcore.ConnectTimeout(f"{host} was not looked up within {timeout:g} s")
    if isinstance(outcome[0], OSError):
        raise httpcore.ConnectError(str(outcome[0])) from outcome[0]
    if isinstance(outcome[0], UnicodeError):
        raise outcome[0]
    return list(dict.fromkeys(str(entry[4][0]) for entry in outcome[0]))


class _Backend:
    """Opens connections within the deadline of the request that needs them."""

    def __init__(self, backend: NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> _Stream:
        import httpcore  # by now httpx has loaded it

        def connect(address: str) -> NetworkStream:
            def call(limit: float | None) -> NetworkStream:
                return self._backend.connect_tcp(address, port, limit, local_address, socket_options)

            return _limit(call, timeout, _sending.deadline)

        *others, last = _limit(partial(look_up, host, port), timeout, _sending.deadline)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return _Stream(connect(address))
        return _Stream(connect(last))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)
