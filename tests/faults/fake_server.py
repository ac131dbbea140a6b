"""The fake server: the first part of a path names the case, and so the fault, from which request on it comes,
and how long lists are. What it is asked is appended to a file for each case."""

from __future__ import annotations

import json
import os
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from tests.faults.all_faults import FAULTS
from tests.faults.replies import Good, Sent, send_good
from tests.support.documented_server import answer, answer_with_rows
from tests.support.stub import Request

GOOD = "good"
_FAB = {"openapi": "3.1.0", "paths": {"/fab/v1/users": {}}}  # the part that says which auth manager it is
_FRAME = {"filename": "/dags/etl.py", "lineno": 3, "name": "load"}
_FAILURE = {
    "timestamp": "2025-01-02T06:00:00Z",
    "event": "Task failed with exception",
    "level": "error",
    "error_detail": [
        {
            "exc_type": "ValueError",
            "exc_value": "no",
            "exc_notes": ["a note"],
            "syntax_error": {"filename": "etl.py", "lineno": 3, "line": "a b", "offset": 2, "msg": "no"},
            "is_cause": False,
            "frames": [_FRAME, _FRAME],
            "exceptions": [[{"exc_type": "KeyError", "exc_value": "'a'", "frames": [_FRAME]}]],
        }
    ],
}
_MOST_LOGGED = 2000  # requests of a case: more is a loop, which the time limit finds


class Prefix(NamedTuple):
    """What the first part of a path says. The fault comes from the request `start` on, and a list has `rows`
    rows in all; 0 leaves the two of the good answer."""

    case: str
    fault: str = GOOD
    start: int = 0
    rows: int = 0

    @property
    def path(self) -> str:
        return f"/{self.case}~{quote(self.fault, safe='')}~{self.start}~{self.rows}"


def read_prefix(path: str) -> tuple[Prefix, str]:
    """The prefix of a target, and the rest of it."""
    head, _, rest = path[1:].partition("/")
    case, fault, start, rows = head.split("~")
    return Prefix(case, unquote(fault), int(start), int(rows)), f"/{rest}"


def serve(folder: Path) -> tuple[int, int]:
    """Start the server in a process of its own; return its port and its process id."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.folder = folder
    port, pid = server.server_port, os.fork()
    if not pid:
        try:
            server.serve_forever()
        finally:
            os._exit(0)
    server.socket.close()
    return port, pid


def read_log(folder: Path, case: str) -> list[dict[str, str]]:
    """The requests of a case, in order: method, target and body."""
    path = folder / case
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    folder: Path

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.counts: dict[str, int] = {}
        self.lock = threading.Lock()

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no matter."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else each piece but the first waits until the one before it is acknowledged: 40 ms.
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        prefix, target = read_prefix(self.path)
        with self.server.lock:
            number = self.server.counts.get(prefix.case, 0)
            self.server.counts[prefix.case] = number + 1
            if number < _MOST_LOGGED:
                row = {"method": self.command, "target": target, "body": body.decode("utf-8", "replace")}
                with (self.server.folder / prefix.case).open("a") as file:
                    file.write(json.dumps(row) + "\n")
        good = answer_well(self.command, target, body, prefix.rows)
        fault = FAULTS.get(prefix.fault)
        is_spoilt = fault is not None and number >= prefix.start
        sent = fault.make(good) if fault is not None and is_spoilt else send_good(good)
        self._send(sent)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 - the names http.server calls

    def _send(self, sent: Sent) -> None:
        self.close_connection = sent.close
        with suppress(OSError):
            for piece in sent.pieces:
                if isinstance(piece, bytes):
                    self.connection.sendall(piece)
                else:
                    time.sleep(piece)
            if sent.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@lru_cache(maxsize=1000)  # each line asks the same in all of its cases, and no fault changes it in place
def answer_well(method: str, target: str, body: bytes, rows: int) -> Good:
    """The good answer to a request, from a server whose lists have so many rows."""
    if target.partition("?")[0] == "/auth/openapi.json":
        return Good(200, json.dumps(_FAB), _FAB)
    status, text = _answer(method, target, body, rows)
    return Good(status, text, json.loads(text) if text else None)


def _answer(method: str, target: str, body: bytes, rows: int) -> tuple[int, str]:
    request = Request(method, target, {}, body)
    # A task has few tries: a picture of more would be as large as no Airflow's.
    made = (
        answer_with_rows(request, rows) if rows and not request.path.endswith("/tries") else answer(request)
    )
    # The server has the plug-in of the edge workers.
    text = "" if made.status == 204 else made.body.decode().replace('"a url_prefix"', '"/edge_worker"')
    state = _find_state(request.path)
    if state:
        text = text.replace('"state": "success"', f'"state": "{state}"')
    if "/logs/" in request.path and made.status == 200:
        data = json.loads(text)
        text = json.dumps({**data, "content": [*data["content"], _FAILURE]})
    return made.status, text


def _find_state(path: str) -> str:
    """The state of what belongs to a Dag that is called after it (`is_failed`), else none: commands that look
    for what is wrong look further there."""
    match = re.search(r"/dags/is_([a-z_]+)", path)
    state = match[1] if match else ""
    is_of_run = "/taskInstances" not in path
    return "running" if is_of_run and state not in ("", "failed", "queued") else state
