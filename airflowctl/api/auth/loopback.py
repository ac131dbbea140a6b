"""The local server to which a browser brings the answer of a login (RFC 8252)."""

from __future__ import annotations

import hmac
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

_PAGE = b"<!doctype html><title>airflowctl</title><p>You can close this page and go back to the terminal."
_PATH = "/callback"


class Loopback:
    """Listens on a free port of 127.0.0.1 for one answer that carries the right `state`.

    Everything else gets a 404 and ends nothing: another program on this machine cannot end the login.
    Nothing is logged.
    """

    def __init__(self, state: str) -> None:
        self._answer: dict[str, str] = {}
        self._answered = threading.Event()
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                answer = dict(parse_qsl(parts.query))
                # Another program on this machine must not end the login, nor learn the state by timing.
                ours = hmac.compare_digest(answer.get("state", "").encode(), state.encode())
                if parts.path != _PATH or not ours:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(_PAGE)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(_PAGE)
                loopback._answer = answer
                loopback._answered.set()

            def log_message(self, format: str, *_: object) -> None:
                """Log nothing: the address has the code in it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}{_PATH}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float) -> dict[str, str]:
        """Wait for the browser's answer; return it, empty when nothing came in time. Ctrl-C ends it."""
        self._answered.wait(seconds)
        return self._answer
