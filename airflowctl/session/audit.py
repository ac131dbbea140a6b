"""The audit log: a JSON line for each request of a line, without values."""

from __future__ import annotations

import os

from airflowctl.core.errors import ConfigError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.api.request import ApiRequest
    from airflowctl.session.server_connection import ServerConnection

# The fields of a body that name things, by how the API spells them; no other field is ever written.
# The log holds no value: what is not in this list is never written (docs/explanation/security.md).
_NAMES = ("connection_id", "key", "name", "dag_id", "dag_run_id", "task_id", "run_id", "username")
# A change of 100,000 variables is one line, which tools that collect logs would cut.
_MOST_NAMES = 1000


class Entry(NamedTuple):
    """A request, and where it went."""

    request: ApiRequest
    server: ServerConnection
    time: float


class AuditLog:
    """The requests of the line that runs, until `write` puts them into the files."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = paths
        self._entries: list[Entry] = []

    def record(self, request: ApiRequest, server: ServerConnection) -> None:
        """Take a request up before it is sent. Raises ConfigError where a log cannot be written: what cannot
        be recorded is not sent."""
        import time

        for path in self._paths:
            # Opened before the request: one that cannot be recorded is not sent
            # (docs/explanation/security.md).
            os.close(_open(path))
        self._entries.append(Entry(request, server, time.time()))

    def write(self, exit_code: int) -> None:
        """Write what the line sent, with its exit code. Raises ConfigError."""
        # Taken away first: should writing fail, the next line must not write these again.
        entries, self._entries = self._entries, []
        if not entries:
            return
        import json

        text = "".join(
            json.dumps(_row(entry, exit_code), ensure_ascii=True, default=str) + "\n" for entry in entries
        ).encode()
        for path in self._paths:
            _append(path, text)


def _row(entry: Entry, exit_code: int) -> dict[str, Any]:
    from datetime import UTC, datetime

    request, environment = entry.request, entry.server.environment
    return {
        "time": datetime.fromtimestamp(entry.time, UTC).isoformat(timespec="milliseconds"),
        "os_user": _os_user(),
        "user": entry.server.known_username,
        "environment": environment.name,
        "url": environment.url,
        "operation": request.operation,
        "method": request.method,
        # A path of the user's own may hold a value, but without an operation nothing else says what was
        # called.
        "route": "" if request.operation else request.path,
        "change": request.is_change,
        "names": names_of(request),
        "request_id": request.id,
        "exit_code": exit_code,
    }


def names_of(request: ApiRequest) -> list[str]:
    """Return the things that a request is about: the ids in its path, and those in its body."""
    from airflowctl.api.operations import table

    operation = table().get(request.operation)
    in_path = _ids_in_path(operation.path, request.path) if operation else ()
    return list(dict.fromkeys((*in_path, *_ids_in_body(request.body))))[:_MOST_NAMES]


def _ids_in_path(template: str, path: str) -> Iterator[str]:
    from urllib.parse import unquote

    # An id is split from the encoded path: once decoded, a `/` in it would look like a part of the route.
    parts = zip(template.split("/"), path.split("/"), strict=False)
    return (unquote(text) for part, text in parts if part.startswith("{") and part.endswith("}"))


def _ids_in_body(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for item in body:
            yield from _ids_in_body(item)
    elif isinstance(body, dict):
        yield from (body[name] for name in _NAMES if isinstance(body.get(name), str))
        for inner in ("actions", "entities", "task_ids", "dag_ids"):
            value = body.get(inner)
            if isinstance(value, list):
                yield from (text for text in value if isinstance(text, str))
                yield from _ids_in_body([item for item in value if isinstance(item, dict)])


def _append(path: str, text: bytes) -> None:
    file = _open(path)
    try:
        # The system may take less than all at once. With O_APPEND other processes' lines come before or
        # after, not within, up to what one write takes.
        while text:
            text = text[os.write(file, text) :]
    except OSError as error:
        raise _problem(path, error) from None
    finally:
        os.close(file)


def _open(path: str) -> int:
    # O_NOFOLLOW: in a folder that others can write, a link would lead to a file of the user's.
    flags = (
        os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    )
    try:
        return os.open(path, flags, 0o600)
    except OSError as error:
        raise _problem(path, error) from None


def _problem(path: str, error: OSError) -> ConfigError:
    return ConfigError(
        f"the audit log {path} cannot be written: {error.strerror}",
        "nothing is sent without it: fix it, or unset AIRFLOWCTL_AUDIT_LOG if that names it",
    )


def _os_user() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(getattr(os, "getuid", lambda: "")())
