"""Faults below HTTP, and in its frame: connections that break, lengths that lie, statuses and redirects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tests.faults.replies import (
    DENIED,
    HTML,
    JSON,
    NO_ANSWER,
    REFUSED,
    UNREACHABLE,
    Fault,
    Good,
    Sent,
    send,
)

_SHORT = ("--request-timeout", "0.4")
_WHOLE = ("--max-time", "1")
ELSEWHERE = "http://127.0.0.2:9"
_HOSTILE = "\x1b]52;c;YQ==\x07\x1b[31mred\x9b31m\u202e\x00 \u2028\r\t\x7f\b"


def _head(length: object, status: int = 200) -> bytes:
    return f"HTTP/1.1 {status} OK\r\nContent-Type: {JSON}\r\nContent-Length: {length}\r\n\r\n".encode()


def _with_body(make: Callable[[bytes], Sent]) -> Callable[[Good], Sent]:
    return lambda good: make(good.text.encode() or b"{}")


def _fixed(*pieces: bytes | float, reset: bool = False) -> Callable[[Good], Sent]:
    return lambda good: Sent(pieces, reset=reset)


def wire() -> Iterator[Fault]:
    """Connections that break, and frames that are no HTTP."""
    broken: dict[str, Callable[[Good], Sent]] = {
        "refused": _fixed(reset=True),
        "closed": _fixed(),
        "cut-body": _with_body(lambda body: Sent((_head(len(body) + 9) + body[: len(body) // 2],))),
        "cut-chunk": _fixed(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"
        ),
        "reset-body": _with_body(lambda body: Sent((_head(999) + body[:9], 0.05), reset=True)),
        "smtp": _fixed(b"220 mail.example ESMTP\r\n"),
        "tls-alert": _fixed(b"\x15\x03\x01\x00\x02\x02\x28"),
        "bad-status-line": _fixed(b"HTTP/1.1 abc what\r\n\r\n"),
        "hundred-closed": _fixed(b"HTTP/1.1 100 Continue\r\n\r\n"),
        "many-headers": _with_body(
            lambda body: Sent((b"HTTP/1.1 200 OK\r\n" + b"X-A: bbbbbbbb\r\n" * 100_000 + b"\r\n" + body,))
        ),
        "bad-header": _with_body(
            lambda body: Sent((b"HTTP/1.1 200 OK\r\nX-A: a\x00\xffb\r\nContent-Length: 2\r\n\r\n{}",))
        ),
    }
    for name, make in broken.items():
        yield Fault("wire", name, make, UNREACHABLE)
    silent: dict[str, Callable[[Good], Sent]] = {
        "no-first-byte": _fixed(2.0),
        "half-then-silence": _with_body(lambda body: Sent((_head(len(body)) + body[: len(body) // 2], 2.0))),
        "length-too-long": _with_body(lambda body: Sent((_head(len(body) + 9) + body, 2.0))),
    }
    for name, make in silent.items():
        yield Fault("wire", name, make, UNREACHABLE, _SHORT)
    yield Fault("wire", "switching", _fixed(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), NO_ANSWER)
    for label, length in (("three", None), ("minus", "-5"), ("many", "many"), ("thirty-digits", "9" * 30)):
        yield Fault("wire", f"length-{label}", _lying(length), NO_ANSWER, _SHORT)
    yield Fault(
        "slow",
        "pieces",
        _with_body(lambda body: Sent((_head(len(body)), *_dripped(body, 10)), close=False)),
    )
    yield from _drips()


def _drips() -> Iterator[Fault]:
    """Answers without an end: one byte now and then, within each limit of silence."""
    drop: tuple[bytes | float, ...] = (b" ", 0.1)
    yield Fault("slow", "drip-body", _fixed(_head(100_000), *drop * 200), UNREACHABLE, _WHOLE)
    begun = b"HTTP/1.1 200 OK\r\nX-A: "
    yield Fault("slow", "drip-header", _fixed(begun, *(b"x", 0.1) * 200), UNREACHABLE, _WHOLE)


def _lying(length: str | None) -> Callable[[Good], Sent]:
    return _with_body(lambda body: Sent((_head(max(0, len(body) - 3) if length is None else length) + body,)))


def _dripped(body: bytes, count: int) -> Iterator[bytes | float]:
    step = max(1, len(body) // count)
    for start in range(0, len(body), step):
        yield body[start : start + step]
        yield 0.005


def _answer(body: object, status: int, kind: str = JSON, **more: str) -> Callable[[Good], Sent]:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {name.replace("_", "-"): value for name, value in more.items()}
    return lambda good: send(text, status, kind, more=headers)


_PAGE = "<html><body>Sign in</body></html>"


def status() -> Iterator[Fault]:
    """Answers other than a success, with what servers and proxies write in them."""
    location = {"msg": "bad", "type": "t"}
    refused: dict[str, Callable[[Good], Sent]] = {
        "400-hostile": _answer({"detail": _HOSTILE}, 400),
        "400-bytes": _answer(bytes(range(256)), 400, "application/octet-stream"),
        "400-deep": _answer('{"detail": ' + "[" * 100_000, 400),
        "404-json": _answer({"detail": "The thing was not found"}, 404),
        "404-html": _answer(_PAGE, 404, HTML),
        "404-dict": _answer({"detail": {"reason": "gone", "message": None}}, 404),
        "404-no-route": _answer({"error": "no route", "detail": "Not Found"}, 404),
        "405": _answer({"detail": "Method Not Allowed"}, 405),
        "404-empty": _answer("", 404),
        "400-empty": _answer("", 400),
        "409-text": _answer({"detail": "it is there"}, 409),
        "409-dict": _answer({"detail": {"reason": "Unique constraint violation", "statement": 1}}, 409),
        "413-html": _answer(_PAGE, 413, HTML),
        "418": _answer({"detail": "teapot"}, 418),
        "409-html": _answer(_PAGE, 409, HTML),
        "422-empty": _answer("", 422),
        "422-html": _answer(_PAGE, 422, HTML),
        "422-list": _answer({"detail": [{"loc": ["body", "x"], **location}]}, 422),
        "422-loc-int": _answer({"detail": [{"loc": 7, **location}]}, 422),
        "422-loc-null": _answer({"detail": [{"loc": None, **location}]}, 422),
        "422-loc-text": _answer({"detail": [{"loc": "body", **location}]}, 422),
        "422-number": _answer({"detail": 7}, 422),
        "422-null": _answer({"detail": None}, 422),
        "422-2mb": _answer({"detail": "x" * 2_000_000}, 422),
        "429-seconds": _answer({"detail": "slow"}, 429, Retry_After="1"),
        "429-date": _answer({"detail": "slow"}, 429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
        "429-garbage": _answer({"detail": "slow"}, 429, Retry_After="soon"),
        "429-digits": _answer({"detail": "slow"}, 429, Retry_After="9" * 50),
        "500-json": _answer({"detail": "broken"}, 500),
        "500-html": _answer(_PAGE, 500, HTML),
        "500-empty": _answer("", 500),
        "500-text": _answer("Internal Server Error", 500, "text/plain"),
    }
    for name, make in refused.items():
        yield Fault("status", name, make, REFUSED)
    for name, make in {
        "502-html": _answer(_PAGE, 502, HTML),
        "502-json": _answer({"detail": "bad gateway"}, 502),
        "503-empty": _answer("", 503),
        "503-json": _answer({"detail": "starting"}, 503),
        "503-html": _answer(_PAGE, 503, HTML),
        "504-empty": _answer("", 504),
        "504-html": _answer(_PAGE, 504, HTML),
    }.items():
        yield Fault("status", name, make, UNREACHABLE)
    for name, make in {
        "401-json": _answer({"detail": "Not authenticated"}, 401),
        "401-expired": _answer({"detail": "Token Expired"}, 401),
        "401-html": _answer(_PAGE, 401, HTML),
        "401-odd": _answer({"detail": [{"loc": None}, {"loc": 3}, None, 7]}, 401),
        "401-empty": _answer("", 401),
        "401-list": _answer(["no"], 401),
        "403-json": _answer({"detail": "Forbidden"}, 403),
        "403-empty": _answer("", 403),
        "403-html": _answer(_PAGE, 403, HTML),
        "403-token": _answer({"detail": "Invalid JWT token"}, 403),
        "403-odd": _answer({"detail": {"reason": ["x"], "message": {"a": 1}}}, 403),
    }.items():
        yield Fault("status", name, make, DENIED)
    for number in (999, 600):
        yield Fault("status", str(number), _answer({"detail": "odd"}, number), NO_ANSWER)


def redirect() -> Iterator[Fault]:
    """Answers that point to another place: none is followed."""
    for number in (302, 307, 308):
        yield Fault("redirect", f"{number}-host", _to(number, f"{ELSEWHERE}/x"), REFUSED)
    yield Fault("redirect", "302-login", _to(302, "/auth/login?next=x"), REFUSED)
    yield Fault("redirect", "301-nowhere", lambda good: send("", 301, HTML), REFUSED)
    yield Fault("redirect", "303-userinfo", _to(303, "http://u:p@127.0.0.2:9/x"), REFUSED)
    yield Fault("redirect", "302-control", _to(302, "http://a\x1b[31m\x07b/"), NO_ANSWER)


def _to(status: int, location: str) -> Callable[[Good], Sent]:
    return lambda good: send("", status, HTML, more={"Location": location})
