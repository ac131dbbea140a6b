"""Reads answers: JSON alone, and objects that check a field when it is read.

What a command reads must have the type that the server's document promises. What is only printed stays as it
came: fields that no document has, values of another type, nulls. Shapes are those of
scripts/local_airflow/answer_shapes.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from airflowctl.api.operations import table
from airflowctl.core.converters import finite, identifier, not_json
from airflowctl.core.errors import NotAirflow
from airflowctl.core.package_files import read_data

Shape = Any
_NAMES = {str: "a text", int: "a number", float: "a number", bool: "true or false", type(None): "null"}
_LETTERS = {
    "s": (str,),
    "i": (int,),
    "n": (int, float),
    "b": (bool,),
    "o": (),
    "l": (list,),
    "0": (type(None),),
}
_WANTED = {"s": "text", "i": "whole number", "n": "number", "b": "true or false", "o": "object", "l": "list"}
# The largest numbers that any field of Airflow's databases holds: beyond them an answer is forged or broken.
_SMALLEST, _LARGEST = -(2**63), 2**64
_MISSING = object()
_LONGEST_ID = 5000  # letters; Airflow's own limit is 250, and a longer path is no request


class OddAnswer(NotAirflow):
    """An answer of an API that lacks what its documents promise, or has it in another type."""


class Origin:
    """Where an answer is from, as errors call it, and by which method."""

    __slots__ = ("method", "name")

    def __init__(self, name: str, method: str) -> None:
        self.name, self.method = name, method

    def complain(self, problem: str) -> OddAnswer:
        """Return the error for this answer."""
        from airflowctl.api.server_errors import doubt_hint

        hint = doubt_hint(self.method, "") or "ask who runs the server: no Airflow answers so"
        answered = f"answered {self.name}" if self.name else "answered"
        return OddAnswer(f"the server {answered} oddly: {problem}", hint, operation=self.name)


_UNKNOWN = Origin("", "GET")


class Fields(dict[str, Any]):
    """An object of an answer. `fields[name]` is a field that the command needs, `fields.get(name)` one that
    may be missing or null: both raise OddAnswer for a value of another type than the document promises, and
    name the row that it is in. All other ways to read it are those of dict, and check nothing.

    `shape` is what the document promises of the object, and `row` counts the rows of its list from 1; 0 is an
    object in no list."""

    __slots__ = ("origin", "row", "shape")
    origin: Origin
    shape: Mapping[str, Shape]
    row: int

    def __getitem__(self, name: str) -> Any:
        value = dict.get(self, name, _MISSING)
        if value is _MISSING:
            raise _complain(self, f"no `{name}`")
        if isinstance(value, str) and is_id(name) and (problem := _find_id_problem(name, value)):
            raise _complain(self, f"`{name}` {problem}")
        return self._check(name, value)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field that may be missing or null, which are the same: the default."""
        value = dict.get(self, name)
        return default if value is None else self._check(name, value)

    def _check(self, name: str, value: Any) -> Any:
        # An object that nothing was attached to has no such attributes.
        shapes = getattr(self, "shape", None)
        shape = shapes.get(name, shapes.get("*")) if shapes else None
        if not shape:
            return value
        problem = _find_problem(value, shape)
        if problem:
            raise _complain(self, f"`{name}` {problem}")
        if isinstance(value, Fields):
            attach(value, shape, self.origin, self.row)
        elif isinstance(value, list) and isinstance(shape, list):
            attach_rows(value, shape[0], self.origin, 1)
        return value


def _complain(fields: Fields, problem: str) -> OddAnswer:
    row = getattr(fields, "row", 0)
    # No field of a document has a blank in its name.
    name, blank, fault = problem.partition("` ")
    where = f" in row {row}" if row else ""
    words = f"{name}`{where} {fault}" if blank else f"{problem}{where}"
    return getattr(fields, "origin", _UNKNOWN).complain(words)


def _find_id_problem(name: str, text: str) -> str:
    if not text:
        return "is empty"
    if name in ("id", "worker_name") or name.endswith(
        "_id"
    ):  # what a user may not type either: it stands in a path
        try:
            identifier(text)
        except ValueError as error:
            return str(error)
    # It would become a part of a path, which servers and proxies cut or refuse.
    if len(text) > _LONGEST_ID:
        return f"has {len(text)} letters"
    is_text = text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
    return "" if is_text else "holds half a character"


def is_id(name: str) -> bool:
    """Return whether a field of this name tells things apart: such a value may become a part of a path."""
    return name in ("id", "name", "key", "username", "worker_name") or name.endswith("_id")


def attach(fields: Any, shape: Shape, origin: Origin, row: int = 0) -> None:
    """Let an object of an answer know what it must be like, and where it stands."""
    if isinstance(fields, Fields):
        fields.origin, fields.row = origin, row
        fields.shape = shape if isinstance(shape, dict) else {}


def attach_rows(rows: list[Any], shape: Shape, origin: Origin, first: int) -> None:
    """Let the rows of a list know what they must be like; `first` is the number of the first of them."""
    for number, row in enumerate(rows, first):
        attach(row, shape, origin, number)


def attach_operation(operation: str, answer: Any) -> Any:
    """Return the answer, which knows what the operation promises; of an empty one, where an object is
    promised, an object without a field."""
    shape = _shape_of(operation)
    if answer is None and isinstance(shape, dict) and shape:
        answer = Fields()
    attach(answer, shape, Origin(operation, table()[operation].method))
    return answer


def read_rows(answer: dict[str, Any], items: str, offset: int) -> list[dict[str, Any]] | None:
    """Return the rows of a page, which know what they must be like; `offset` rows were before it. None where
    the answer has no such list, or the list holds what is no row."""
    rows = dict.get(answer, items)
    if not isinstance(rows, list):
        return None
    shape = (getattr(answer, "shape", None) or {}).get(items) or [{}]
    if not isinstance(shape[0], dict):  # tags are texts
        rows = [{"name": row} if isinstance(row, str) else row for row in rows]
    if not all(isinstance(row, dict) for row in rows):
        return None
    attach_rows(rows, shape[0], getattr(answer, "origin", _UNKNOWN), offset + 1)
    return rows


def parse(content: bytes | str) -> Any:
    """Return the JSON of an answer. Raises ValueError for what is none, NaN and Infinity too, RecursionError
    for what is nested too deeply."""
    return json.loads(content, object_hook=Fields, parse_constant=not_json, parse_float=finite)


def _find_problem(value: Any, shape: Shape) -> str:
    """Return what is wrong with a value, and with the items of a list; empty where nothing is."""
    if isinstance(shape, str):
        return "" if _fits(value, shape) else _describe(value, shape)
    if isinstance(shape, list):
        return _find_in_list(value, shape)
    if isinstance(value, dict) or (value is None and "?" in shape):
        return ""
    return _describe(value, "o")


def _find_in_list(value: Any, shape: list[Shape]) -> str:
    if not isinstance(value, list):
        return "" if value is None and len(shape) > 1 else _describe(value, "l")
    for number, item in enumerate(value, 1):
        if problem := _find_problem(item, shape[0]):
            return f"{problem} (item {number})"
    return ""


def _fits(value: Any, letters: str) -> bool:
    kind = type(value)
    if kind is int:
        return kind in _types(letters) and _SMALLEST <= value < _LARGEST
    return kind in _types(letters) or ("o" in letters and isinstance(value, dict)) or not letters


@cache
def _types(letters: str) -> frozenset[type]:
    return frozenset(kind for letter in letters for kind in _LETTERS[letter])


def _describe(value: Any, letters: str) -> str:
    """Return `is a number, and no text`."""
    if type(value) is int and int in _types(letters):
        return "is a number beyond 64 bits"
    has = _NAMES.get(type(value), "a list" if isinstance(value, list) else "an object")
    return f"is {has}, and no {' or '.join(_WANTED[letter] for letter in letters if letter in _WANTED)}"


@cache
def _shapes() -> bytes:
    return read_data(__name__, "answer_shapes.txt")


@cache
def _shape_of(operation: str) -> Mapping[str, Any] | None:
    """Return what the operation answers with; None where no document says."""
    # Searched as bytes: parsing the shapes of all operations would take longer than most commands.
    text, mark = _shapes(), f"\n{operation} ".encode()
    start = text.find(mark)
    if start < 0:
        return None
    shape: Mapping[str, Any] = json.loads(text[start + len(mark) : text.index(b"\n", start + 1)])
    return shape
