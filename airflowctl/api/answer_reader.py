"""Reads answers: JSON alone, fields of the types that the documents promise, and by name what is missing.

What no document describes stays as it came. Shapes are those of scripts/local_airflow/answer_shapes.py."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from airflowctl.api.operations import table
from airflowctl.core.converters import finite, not_json
from airflowctl.core.errors import OddAnswer

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
# What counts the rows is read by the pager, which asks on where it is no number.
_READ_ELSEWHERE = frozenset({"total_entries", "next_cursor", "previous_cursor"})
_SMALLEST, _LARGEST = -(2**63), 2**64


class Origin(NamedTuple):
    """Where an answer is from, as errors call it, and by which method."""

    name: str
    method: str

    def complain(self, problem: str) -> OddAnswer:
        """Return the error for this answer."""
        from airflowctl.api.server_errors import doubt_hint

        hint = doubt_hint(self.method, "") or "ask who runs the server: no Airflow answers so"
        return OddAnswer(f"the server answered {self.name} oddly: {problem}", hint, operation=self.name)


class Fields(dict[str, Any]):
    """An object of an answer. A field that is needed is read by its name: where it is missing, that raises
    the error that names it. `row` counts the rows of its list from 1."""

    __slots__ = ("origin", "row")
    origin: Origin
    row: int

    def __missing__(self, name: str) -> Any:
        where = f" in row {self.row}" if self.row else ""
        raise self.origin.complain(f"no `{name}`{where}")


def parse(content: bytes | str, origin: Origin) -> Any:
    """Return the JSON of an answer. Raises ValueError for what is none, NaN and Infinity too, RecursionError
    for what is nested too deeply."""

    def make(members: dict[str, Any]) -> Fields:
        fields = Fields(members)
        fields.origin, fields.row = origin, 0
        return fields

    return json.loads(content, object_hook=make, parse_constant=not_json, parse_float=finite)


def check_operation(operation: str, answer: Any) -> None:
    """Raise OddAnswer where an answer is not what the operation promises."""
    shape = _shape_of(operation)
    if shape is not None:
        check_answer(answer, shape, Origin(operation, table()[operation].method))


def check_answer(answer: Any, shape: Shape, origin: Origin) -> None:
    """Raise OddAnswer where an answer has not this shape. Its rows learn their numbers."""
    if isinstance(answer, dict) and isinstance(shape, dict):
        for name, rows in answer.items():
            if isinstance(rows, list) and isinstance(shape.get(name), list):
                _number(rows)
    problem = _find_problem(answer, shape)
    if problem:
        raise origin.complain(_describe(*problem))


def _number(rows: list[Any]) -> None:
    for number, row in enumerate(rows, 1):
        if isinstance(row, Fields):
            row.row = number


def _find_problem(value: Any, shape: Shape) -> tuple[list[str | int], str] | None:
    """Return the way to the first value that has another type, and what it is; None where all is well."""
    if isinstance(shape, str):
        return None if _fits(value, shape) else ([], _say(value, shape))
    if isinstance(shape, list):
        return _find_in_list(value, shape)
    if not isinstance(value, dict):
        return None if value is None and "?" in shape else ([], _say(value, "o"))
    others = shape.get("*")
    for name, inner in value.items():
        wanted = shape.get(name, others)
        if not wanted or name in _READ_ELSEWHERE or (isinstance(wanted, str) and _fits(inner, wanted)):
            continue
        if problem := _find_problem(inner, wanted):
            problem[0].insert(0, name)
            return problem
    return None


def _find_in_list(value: Any, shape: list[Shape]) -> tuple[list[str | int], str] | None:
    if not isinstance(value, list):
        return None if value is None and len(shape) > 1 else ([], _say(value, "l"))
    for number, row in enumerate(value, 1):
        if problem := _find_problem(row, shape[0]):
            problem[0].insert(0, number)
            return problem
    return None


def _fits(value: Any, letters: str) -> bool:
    kind = type(value)
    if kind is int:
        return not letters or (kind in _types(letters) and _SMALLEST <= value < _LARGEST)
    return not letters or kind in _types(letters) or ("o" in letters and isinstance(value, dict))


@cache
def _types(letters: str) -> frozenset[type]:
    return frozenset(kind for letter in letters for kind in _LETTERS[letter])


def _say(value: Any, letters: str) -> str:
    if type(value) is int and int in _types(letters):
        return "is a number beyond 64 bits"
    has = _NAMES.get(type(value), "a list" if isinstance(value, list) else "an object")
    return f"is {has}, and no {' or '.join(_WANTED[letter] for letter in letters if letter in _WANTED)}"


def _describe(way: list[str | int], problem: str) -> str:
    """Return `` `state` in row 3 is a number, and no text ``."""
    row = next((part for part in way if isinstance(part, int)), None)
    names = [str(part) for part in way if isinstance(part, str)]
    if row is not None and isinstance(way[-1], int):
        return f"row {row} of `{'.'.join(names)}` {problem}"
    if row is not None and len(names) > 1:
        return f"`{'.'.join(names[1:])}` in row {row} {problem}"
    return f"`{'.'.join(names)}` {problem}" if names else f"it {problem}"


@cache
def _shapes() -> bytes:
    with open(os.path.join(os.path.dirname(__file__), "answer_shapes.txt"), "rb") as file:
        return file.read()


@cache
def _shape_of(operation: str) -> Mapping[str, Any] | None:
    """Return what the operation answers with; None where no document says."""
    text, mark = _shapes(), f"\n{operation} ".encode()
    start = text.find(mark)
    if start < 0:
        return None
    shape: Mapping[str, Any] = json.loads(text[start + len(mark) : text.index(b"\n", start + 1)])
    return shape
