"""A proxy on loopback that brings everything to one server, whatever name was asked for."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from tests.support.stub import Listener


class Proxy(Listener):
    """`asked` are the first lines of what it was asked, `heads` all that came before a tunnel was open."""

    def __init__(self, target: str, refuses: bool = False) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []
        host, _, port = target.partition("://")[2].partition(":")
        self._target = (host, int(port))
        self._refuses = refuses
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (more := connection.recv(65536)):
                head += more
            self.heads.append(head.decode("latin-1"))
            self.asked.append(self.heads[-1].partition("\r\n")[0])
            if self._refuses:
                connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(self._target) as server:
                if head.startswith(b"CONNECT "):
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    server.sendall(head)
                threading.Thread(target=_pour, args=(server, connection), daemon=True).start()
                _pour(connection, server)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
