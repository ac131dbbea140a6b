"""The text of JSON files, read strictly: names that are there twice and numbers that JSON has not are wrong.

The standard decoder reads it. Only where something is wrong the text is walked for the places.
"""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.document import DEEPEST, Document, DocumentError, find_too_deep, place_in

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.document import Place, Problem
    from airflowctl.domain.masks import Path

_BLANK = " \t\r\n"
_LONGEST_NUMBER = 4300  # digits, Python's own limit


def read_json(text: str) -> Document:
    """Return the document of a JSON text. Raises DocumentError for what is no JSON."""
    import json

    # That something is wrong; where, is found by walking the text.
    doubts: list[object] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(members)
        if len(result) != len(members):
            doubts.append(members)
        return result

    def number(word: str) -> float:
        value = float(word)
        if value in (float("inf"), float("-inf")):
            doubts.append(word)
        return value

    def integer(word: str) -> int:
        # Python refuses to convert it, since the time grows with the square of its length.
        if len(word) > _LONGEST_NUMBER:
            doubts.append(word)
            return 0
        return int(word)

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_float=number, parse_int=integer, parse_constant=doubts.append
        )
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"not JSON: {error.msg.removesuffix(' at')}", (error.lineno, error.colno)
        ) from None
    except RecursionError:
        raise DocumentError(f"deeper than {DEEPEST} levels") from None
    if (path := find_too_deep(value)) is not None:
        raise DocumentError(f"deeper than {DEEPEST} levels", _Places(text)(path[:1]))
    places = _Places(text)
    return Document(value, places, places.problems() if doubts else ())


class _Places:
    """Where the members of a JSON text stand, by their paths; the text is walked when one is wanted."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offsets: dict[Path, int] = {}
        self._problems: list[tuple[int, str]] = []

    def __call__(self, path: Path) -> Place:
        self._walk()
        while path and path not in self._offsets:
            path = path[:-1]
        return place_in(self._text, self._offsets[path])

    def problems(self) -> list[Problem]:
        self._walk()
        return [(place_in(self._text, offset), message) for offset, message in self._problems]

    def _walk(self) -> None:
        if not self._offsets:
            self._offsets[()] = self._skip(0)
            self._pass_value(self._skip(0), ())

    def _skip(self, offset: int) -> int:
        while offset < len(self._text) and self._text[offset] in _BLANK:
            offset += 1
        return offset

    def _pass_value(self, offset: int, path: Path) -> int:
        """Return where a value ends that begins here; the text is known to be JSON."""
        letter = self._text[offset]
        if letter == "{":
            return self._pass_object(offset, path)
        if letter == "[":
            return self._pass_list(offset, path)
        if letter == '"':
            return self._read_name(offset)[1]
        return self._pass_word(offset)

    def _read_name(self, offset: int) -> tuple[str, int]:
        """Return the text that begins with the quote here, and where it ends."""
        import json

        value, end = json.JSONDecoder().raw_decode(self._text, offset)
        return str(value), end

    def _pass_object(self, offset: int, path: Path) -> int:
        seen: dict[str, int] = {}
        offset = self._skip(offset + 1)
        while self._text[offset] != "}":
            begin = offset = self._skip(offset + 1) if self._text[offset] == "," else offset
            name, offset = self._read_name(offset)
            if name in seen:
                line, column = place_in(self._text, seen[name])
                self._problems.append((begin, f"{name} is there twice (first at {line}:{column})"))
            seen.setdefault(name, begin)
            self._offsets[*path, name] = begin
            offset = self._skip(offset)
            offset = self._skip(self._pass_value(self._skip(offset + 1), (*path, name)))
        return offset + 1

    def _pass_list(self, offset: int, path: Path) -> int:
        index = 0
        offset = self._skip(offset + 1)
        while self._text[offset] != "]":
            offset = self._skip(offset + 1) if self._text[offset] == "," else offset
            self._offsets[*path, index] = offset
            offset = self._skip(self._pass_value(offset, (*path, index)))
            index += 1
        return offset + 1

    def _pass_word(self, offset: int) -> int:
        end = offset
        while end < len(self._text) and self._text[end] not in ",]}" + _BLANK:
            end += 1
        word = self._text[offset:end]
        if word.lstrip("-") in ("NaN", "Infinity"):
            self._problems.append((offset, f"{word} is no number that JSON has"))
        elif word.lstrip("-").isdigit() and len(word) > _LONGEST_NUMBER:
            self._problems.append((offset, f"a number of {len(word)} digits is too long"))
        elif word[:1] in "-0123456789" and float(word) in (float("inf"), float("-inf")):
            self._problems.append((offset, f"{word} is too large a number"))
        return end
