"""Servers for the faults that no real one makes on demand: `Stub` speaks HTTP, `Wire` plain sockets."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

JSON = "application/json"


class Request(NamedTuple):
    """A request as it stood on the wire: `target` is the raw path and query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Reply(NamedTuple):
    """What the stub answers."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", JSON),)


def reply(body: object, status: int = 200, kind: str = JSON, **headers: str) -> Reply:
    """A reply: text as it is, anything else as JSON. `Retry_After="3"` is the header Retry-After."""
    text = body if isinstance(body, str) else json.dumps(body)
    more = ((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(text.encode(), status, (("Content-Type", kind), *more))


TOKEN = "head.secret-token.tail"


def lets_in(request: Request) -> Reply:
    """What a server answers where everybody can log in, and need not; all things are called `p`."""
    if request.path.endswith("/auth/token/cli"):
        return reply({"access_token": TOKEN}, 201)
    if request.path.endswith("/health"):
        return reply({"metadatabase": {"status": "healthy"}})
    return reply({"name": "p", "username": "ann", "version": "3.3.2"})


def wants_login(request: Request) -> Reply:
    """The same where only its version, its health and its door are open to all."""
    open_to_all = request.path.endswith(("/auth/token/cli", "/health", "/version"))
    if open_to_all or "authorization" in request.headers:
        return lets_in(request)
    return reply({"detail": "Not authenticated"}, 401)


class Stub:
    """A tiny HTTP server on loopback that keeps connections open and counts what it is asked; with `tls`,
    one of HTTPS."""

    def __init__(
        self,
        answer: Callable[[Request], Reply] | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.answer = answer or (lambda request: reply({}))
        self.requests: list[Request] = []
        self.connections = 0
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body leave together, or each answer waits for an acknowledgement

            def setup(self) -> None:
                stub.connections += 1
                super().setup()

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                stub.requests.append(request)
                made = stub.answer(request)
                self.send_response(made.status)
                for name, value in made.headers:
                    self.send_header(name, value)
                if made.status != 204:
                    self.send_header("Content-Length", str(len(made.body)))
                self.end_headers()
                self.wfile.write(made.body)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - the names http.server calls

            def log_message(self, *_: object) -> None:
                """Nothing on stderr."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: object) -> None:
                """A client that goes away is no matter."""

        self._server = Server(("127.0.0.1", port), Handler)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        if tls:  # the thread of a connection greets, not the one that accepts it
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._ended = False
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Stub:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with suppress(OSError):  # it waits for one more connection, or has just had its last one
            socket.create_connection(self._server.server_address).close()

    def _serve(self) -> None:  # not serve_forever, which looks at a clock to see whether it is to end
        with self._server:
            while not self._ended:
                self._server.handle_request()

    @property
    def sent(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.requests]


class Listener:
    """Plain sockets on loopback: every connection is given to `serve`, one after the other."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.serve(connection)


class Wire(Listener):
    """Every connection is given to `talk`, after its request was read."""

    def __init__(self, talk: Callable[[socket.socket, int], None]) -> None:
        self.requests: list[bytes] = []
        self._talk = talk
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        with connection:
            self.requests.append(_read_request(connection))
            self._talk(connection, len(self.requests))


def _read_request(connection: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        if not (more := connection.recv(65536)):
            return found
        found += more
    head, _, body = found.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
