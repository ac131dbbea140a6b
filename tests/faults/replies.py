"""What a fake server sends for one request, byte for byte, and how a fault makes it from the good answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

JSON, HTML = "application/json", "text/html"


class Good(NamedTuple):
    """The answer that a fault spoils. `data` is its JSON, None where it has none, or is null."""

    status: int
    text: str
    data: Any


class Sent(NamedTuple):
    """What goes to the socket: `pieces` are bytes, or seconds to wait. `reset` ends with RST, and `close`
    says that no other request is read."""

    pieces: tuple[bytes | float, ...]
    close: bool = True
    reset: bool = False


class Fault(NamedTuple):
    """One way to answer badly. `codes` are the exit codes that fit; empty: that of the good run. `options`
    are typed behind the line."""

    kind: str
    name: str
    make: Callable[[Good], Sent]
    codes: frozenset[int] = frozenset()
    options: tuple[str, ...] = ()


ANY = frozenset({0, 1, 3, 5})
REFUSED, UNREACHABLE, DENIED = frozenset({1}), frozenset({3}), frozenset({4})
NO_ANSWER, ODD = frozenset({1, 3}), frozenset({0, 1, 3})


def send(
    body: bytes | str, status: int = 200, kind: str = JSON, *, more: Mapping[str, str] | None = None,
    length: str | None = "", reason: str = "OK",
) -> Sent:  # fmt: skip
    """A whole HTTP/1.1 answer; `length` None leaves Content-Length out, another text stands in its place."""
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} {reason}"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    lines += [f"{name}: {value}" for name, value in (more or {}).items()]
    if length is not None and not (length == "" and status == 204):
        lines.append(f"Content-Length: {length or len(data)}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return Sent((head + data,), close=length != "")


def send_good(good: Good) -> Sent:
    return send(good.text, good.status)


def send_data(good: Good, data: Any) -> Sent:
    """The good answer with another body; what has none (a 204) stays as it is."""
    if good.data is None:
        return send_good(good)
    return send(json.dumps(data), good.status)
