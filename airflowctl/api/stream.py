"""Answers that are read as they arrive: one object after the other, and never the whole."""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Callable, Generator, Iterator
from typing import Any

import httpx

from airflowctl.api.transport_errors import broken
from airflowctl.core.errors import CliError, ServerRefused

Odd = Callable[[str], CliError]
_BLANK = " \t\r\n"
_MOST = 16_000_000  # letters of one line, or of one value
_decode = json.JSONDecoder().raw_decode


def pieces(response: httpx.Response, path: str, base_url: str, timeout: float) -> Iterator[str]:
    """The text of an answer as it comes, in UTF-8 as all JSON is. Raises CliError where it breaks off."""
    decoder = getincrementaldecoder("utf-8")("replace")
    try:
        yield from (decoder.decode(piece) for piece in response.iter_bytes())
        yield decoder.decode(b"", True)
    except httpx.HTTPError as error:
        raise broken(error, "GET", path, base_url, timeout) from None


def by_lines(text: Iterator[str], odd: Odd) -> Iterator[dict[str, Any]]:
    """The objects of an answer that has one a line. A line ends at a line feed only: JSON leaves the line
    ends of Unicode as they are."""
    rest = ""
    for piece in text:
        *lines, rest = (rest + piece).split("\n")
        yield from (_line(line, odd) for line in lines if line.strip())
        if len(rest) > _MOST:
            raise _too_long()
    if rest.strip():
        yield _line(rest, odd)


def _line(text: str, odd: Odd) -> dict[str, Any]:
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError):
        raise odd("with a line that is no JSON") from None


def _too_long() -> CliError:
    return ServerRefused(
        f"the server's answer has a line that is larger than {_MOST // 1_000_000} MB",
        "read it where it was written: on the worker, or where its logs are kept",
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"event": value}


def in_list(text: Iterator[str], items: str, odd: Odd) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """The objects of the list `items` in the one object that the text is; returns its other fields."""
    return (yield from _Reader(text, odd).fields(items))


class _Reader:
    """What has come of a JSON text, and not been read yet."""

    def __init__(self, text: Iterator[str], odd: Odd) -> None:
        self._text = text
        self._odd = odd
        self._held, self._at = "", 0

    def fields(self, items: str) -> Generator[dict[str, Any], None, dict[str, Any]]:
        found: dict[str, Any] = {}
        listed = False
        self._take("{")
        while self._next() != "}":
            key = self._value()
            self._take(":")
            if key == items and self._next() == "[":
                listed = True
                yield from self._elements()
            else:
                found[str(key)] = self._value()
            if self._next() == ",":
                self._take(",")
        whole = found.pop(items, None)
        if isinstance(whole, str):  # as a log was in older versions
            yield from ({"event": line} for line in whole.splitlines())
        elif not listed:
            raise self._odd(f"without {items}")
        return found

    def _elements(self) -> Iterator[dict[str, Any]]:
        self._take("[")
        while self._next() != "]":
            yield _object(self._value())
            if self._next() == ",":
                self._take(",")
        self._take("]")

    def _next(self) -> str:
        """The next letter that is not blank, which stays."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._held):
                return self._held[self._at]
            self._more()

    def _take(self, letter: str) -> None:
        if self._next() != letter:
            raise self._odd("with JSON that cannot be read")
        self._at += 1

    def _value(self) -> Any:
        """The value that begins here; of one that has not come whole more is waited for."""
        self._next()
        while True:
            try:
                value, self._at = _decode(self._held, self._at)
            except RecursionError:
                raise self._odd("with JSON that is nested too deeply") from None
            except ValueError:
                self._more()
            else:
                return value

    def _more(self) -> None:
        """More of the text: as much again as is held, or a long value would be tried at each piece of it."""
        self._held, self._at = self._held[self._at :], 0
        if len(self._held) > _MOST:
            raise _too_long()
        wanted = 2 * len(self._held)
        parts = [self._held]
        for piece in self._text:
            parts.append(piece)
            if sum(map(len, parts)) > wanted:
                break
        if len(parts) == 1:
            raise self._odd("with JSON that is not whole")
        self._held = "".join(parts)
