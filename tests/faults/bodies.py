"""Faults of a body as a whole: what is no JSON, what is other JSON, what is encoded badly."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from tests.faults.replies import (
    ANY,
    HTML,
    JSON,
    NO_ANSWER,
    ODD,
    Fault,
    Good,
    Sent,
    send,
    send_good,
)

_PAGE = "<!DOCTYPE html><html><title>Airflow</title></html>"


def _spoil(change: Callable[[str], bytes | str], **more: Any) -> Callable[[Good], Sent]:
    """The good answer with its text changed; an answer without a body stays as it is."""
    return lambda good: send(change(good.text), good.status, **more) if good.text else send_good(good)


def _instead(text: str | bytes, kind: str = JSON) -> Callable[[Good], Sent]:
    return lambda good: send(text, 200, kind)


def shape() -> Iterator[Fault]:
    """Successes that hold something else than was asked for."""
    yield Fault("shape", "early-hints", _early_hints)
    yield Fault("shape", "http-1.0", _old_http)
    yield Fault("shape", "no-content-type", _spoil(str, kind=""))
    for name, text, kind in (
        ("html", _PAGE, HTML),
        ("html-as-json", _PAGE, JSON),
        ("text", "hello", "text/plain"),
        ("all-bytes", bytes(range(256)), JSON),
        ("list", "[]", JSON),
        ("string", '"text"', JSON),
        ("number", "17", JSON),
        ("nan", "NaN", JSON),
    ):
        yield Fault("shape", name, _instead(text, kind), NO_ANSWER)
    for name, text in (("empty", ""), ("null", "null"), ("object", "{}"), ("detail", '{"detail": "no"}')):
        yield Fault("shape", name, _instead(text), ODD)
    yield Fault("shape", "204", lambda good: send("", 204), ODD)
    yield Fault("shape", "in-a-list", _spoil(lambda text: f"[{text}]"), ODD)
    yield Fault("shape", "in-data", _spoil(lambda text: f'{{"data": {text}}}'), ODD)


def _early_hints(good: Good) -> Sent:
    first = b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
    sent = send_good(good)
    return sent._replace(pieces=(first, *sent.pieces))


def _old_http(good: Good) -> Sent:
    data = send_good(good).pieces[0]
    assert isinstance(data, bytes)
    return Sent((data.replace(b"HTTP/1.1", b"HTTP/1.0", 1),))


def encodings() -> Iterator[Fault]:
    """Bodies whose bytes are not what their headers say, or that nest too deeply."""
    for name, change, more in (
        ("broken-utf8", lambda text: text.encode().replace(b"a", b"\xff\xc3", 3), {}),
        ("utf16", lambda text: text.encode("utf-16"), {}),
        ("charset-wrong", str, {"kind": f"{JSON}; charset=utf-7"}),
        ("charset-unknown", str, {"kind": f"{JSON}; charset=klingon"}),
        ("bom", lambda text: b"\xef\xbb\xbf" + text.encode(), {}),
    ):
        yield Fault("bytes", name, _spoil(change, **more), ANY)  # type: ignore[arg-type]
    for depth in (400, 960, 100_000):
        yield Fault("bytes", f"deep-{depth}", _spoil(_nest(depth)), ANY)
    yield Fault("bytes", "gzip", _spoil(lambda text: gzip.compress(text.encode()), more=_encoded("gzip")))
    yield Fault("bytes", "garbage-after", _spoil(lambda text: f"{text}garbage"), NO_ANSWER)
    yield Fault("bytes", "half-json", _spoil(lambda text: text[: len(text) // 2]), NO_ANSWER)
    yield Fault("bytes", "gzip-bomb", lambda good: send(_bomb(), more=_encoded("gzip")), NO_ANSWER)
    cut = _spoil(lambda text: gzip.compress(text.encode())[:20], more=_encoded("gzip"))
    yield Fault("bytes", "gzip-cut", cut, NO_ANSWER)
    for name in ("gzip", "deflate"):
        none = _spoil(lambda text: b"\xfe\xfe\xfe" + text.encode(), more=_encoded(name))
        yield Fault("bytes", f"no-{name}", none, NO_ANSWER)
    yield Fault("bytes", "no-br", _spoil(str, more=_encoded("br")), ODD)


@cache
def _bomb() -> bytes:
    """A text of 400 MB in less than 1 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b'{"a": "')]
    parts += [packer.compress(b"x" * 1_000_000) for _ in range(400)]
    return b"".join([*parts, packer.compress(b'"}'), packer.flush()])


def _encoded(name: str) -> dict[str, str]:
    return {"Content-Encoding": name}


def _nest(depth: int) -> Callable[[str], str]:
    """The first field of the answer, so many levels deep."""

    def change(text: str) -> str:
        data = json.loads(text)
        if not isinstance(data, dict) or not data:
            return "[" * depth + "]" * depth
        first, *others = (json.dumps({name: value})[1:-1] for name, value in data.items())
        name = first.partition(":")[0]
        return f"{{{', '.join([f'{name}: ' + '[' * depth + ']' * depth, *others])}}}"

    return change
