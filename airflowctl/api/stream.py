"""Reads answers as they arrive: one object after the other, and never the whole (decision 0033)."""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import httpx

from airflowctl.api.transport_errors import transport_error
from airflowctl.core.converters import finite, not_json
from airflowctl.core.errors import CliError, ServerRefused

Unexpected = Callable[[str], CliError]
Wait = Callable[[], AbstractContextManager[object]]
_BLANK = " \t\r\n"
_MOST = 16_000_000  # letters of one line, or of one value
_decoder = json.JSONDecoder(parse_constant=not_json, parse_float=finite)
_decode = _decoder.raw_decode


def decode_text(
    response: httpx.Response, path: str, base_url: str, timeout: float, wait: Wait = nullcontext
) -> Iterator[str]:
    """Yield the text of an answer as it comes, in UTF-8 as all JSON is. `wait` is entered while a piece of it
    is waited for. Raises CliError where it breaks off."""
    decoder = getincrementaldecoder("utf-8")("replace")
    pieces = response.iter_bytes()
    try:
        while True:
            with wait():
                piece = next(pieces, None)
            if piece is None:
                break
            yield decoder.decode(piece)
        yield decoder.decode(b"", True)
    except httpx.HTTPError as error:
        raise transport_error(error, "GET", path, base_url, timeout) from None


def read_lines(text: Iterator[str], unexpected: Unexpected) -> Iterator[dict[str, Any]]:
    """Yield the objects of an answer that has one object a line."""
    # Joined once, when its end has come: a long line that grows piece by piece would be copied with each.
    held: list[str] = []
    length = 0
    for piece in text:
        # Not splitlines: JSON leaves the line ends of Unicode as they are within a text.
        *ends, rest = piece.split("\n")
        for end in ends:
            line = "".join((*held, end))
            held, length = [], 0
            if line.strip():
                yield _line(line, unexpected)
        held.append(rest)
        length += len(rest)
        if length > _MOST:
            raise _too_long()
    line = "".join(held)
    if line.strip():
        yield _line(line, unexpected)


def _line(text: str, unexpected: Unexpected) -> dict[str, Any]:
    try:
        return _object(_decoder.decode(text))
    except (ValueError, RecursionError):
        raise unexpected("with a line that is no JSON") from None


def _too_long() -> CliError:
    return ServerRefused(
        f"the server's answer has a line that is larger than {_MOST // 1_000_000} MB",
        "read it where it was written: on the worker, or where its logs are kept",
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"event": value}


def read_list(
    text: Iterator[str], items: str, unexpected: Unexpected
) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """Yield the objects of the list `items` in the one object that the text is; return its other fields."""
    return (yield from _Reader(text, unexpected).fields(items))


class _Reader:
    """Reads a JSON text piece by piece; holds what has come and is not read yet."""

    def __init__(self, text: Iterator[str], unexpected: Unexpected) -> None:
        self._text = text
        self._unexpected = unexpected
        self._held, self._at = "", 0

    def fields(self, items: str) -> Generator[dict[str, Any], None, dict[str, Any]]:
        members: dict[str, Any] = {}
        has_list = False
        self._take("{")
        while self._next() != "}":
            key = self._value()
            self._take(":")
            if key == items and self._next() == "[":
                has_list = True
                yield from self._elements()
            else:
                members[str(key)] = self._value()
            if self._next() == ",":
                self._take(",")
        whole = members.pop(items, None)
        if isinstance(whole, str):  # as a log was in older versions
            yield from ({"event": line} for line in whole.splitlines())
        elif not has_list:
            raise self._unexpected(f"without {items}")
        return members

    def _elements(self) -> Iterator[dict[str, Any]]:
        self._take("[")
        while self._next() != "]":
            yield _object(self._value())
            if self._next() == ",":
                self._take(",")
        self._take("]")

    def _next(self) -> str:
        """Return the next letter that is not blank, without taking it."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._held):
                return self._held[self._at]
            self._fill()

    def _take(self, letter: str) -> None:
        if self._next() != letter:
            raise self._unexpected("with JSON that cannot be read")
        self._at += 1

    def _value(self) -> Any:
        """Return the value that begins here, waiting for more of the text until it is whole."""
        self._next()
        while True:
            try:
                value, self._at = _decode(self._held, self._at)
            except RecursionError:
                raise self._unexpected("with JSON that is nested too deeply") from None
            except json.JSONDecodeError:
                self._fill()
            except ValueError:  # NaN, and numbers that are too long
                raise self._unexpected("with JSON that cannot be read") from None
            else:
                return value

    def _fill(self) -> None:
        """Wait for more of the text: as much again as is held."""
        self._held, self._at = self._held[self._at :], 0
        if len(self._held) > _MOST:
            raise _too_long()
        # A long value would otherwise be decoded anew at each piece of it.
        wanted = 2 * len(self._held)
        parts = [self._held]
        for piece in self._text:
            parts.append(piece)
            if sum(map(len, parts)) > wanted:
                break
        if len(parts) == 1:
            raise self._unexpected("with JSON that is not whole")
        self._held = "".join(parts)
