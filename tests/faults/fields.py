"""Faults of single fields and of lists: missing, null, of another type, hostile, beyond every limit."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.faults.replies import ANY, Fault, Good, Sent, send, send_data, send_good

Change = Callable[[Any], Any]
# What commands make paths, decisions and sums of, and what it is instead.
_NEEDED = (
    "dag_id", "dag_run_id", "task_id", "id", "name", "key", "username", "connection_id", "worker_name",
    "state", "map_index", "try_number",
)  # fmt: skip
_WRONG: dict[str, Any] = {
    "null": None,
    "number": 7.5,
    "list": ["a"],
    "true": True,
    "dots": "../..",
    "empty": "",
}
# More rows than a page has; with sixty times as many on each of the pages that some lines read, the answers
# alone would take longer than a run may.
_TOO_MANY = 700
HOSTILE = "\x1b]52;c;YQ==\x07\x1b[31m\x9b31m\u202e\x00\u2028\r\t\x7f\b"


def field() -> Iterator[Fault]:
    """All fields of an answer of one kind, changed in one way."""
    everywhere: dict[str, Change] = {
        "leaves-null": _leaves(lambda leaf: None),
        "null": _members(lambda value: None),
        "other-type": _members(_other_type),
        "other-type-deep": _leaves(_other_type),
        "text-as-object": _texts(lambda text: {"value": text}),
        "text-as-list": _texts(lambda text: [text]),
        "list-as-text": _lists(lambda rows: "rows"),
        "list-of-null": _lists(lambda rows: [None for _ in rows]),
        "list-empty": _lists(lambda rows: []),
        "object-null": _objects_null,
        "more-fields": _more_fields,
        "int-huge": _numbers(lambda number: 10**40),
        "int-400-digits": _numbers(lambda number: 10**400),
        "int-minimum": _numbers(lambda number: -(2**63)),
        "int-true": _numbers(lambda number: True),
        "date-garbage": _dates(lambda date: "yesterday-ish"),
        "date-first": _dates(lambda date: "0001-01-01T00:00:00+14:00"),
        "date-last": _dates(lambda date: "9999-12-31T23:59:59-12:00"),
        "date-naive": _dates(lambda date: "2025-01-02T06:00:00"),
        "date-number": _dates(lambda date: 1735797600),
        "hostile-text": _texts(lambda text: text + HOSTILE),
        "hostile-state": _states(lambda text: text + HOSTILE),
        "text-empty": _texts(lambda text: ""),
        "text-long": _texts(lambda text: text + "x" * 100_000),
        "surrogate": _texts(lambda text: text + "\ud800"),
        "letters": _texts(lambda text: text + "\U0001f468\u200d\U0001f469 e\u0301\u200b\ufeff"),
        "state-failed": _states(lambda text: "failed"),
        "state-odd": _states(lambda text: "no such state"),
    }
    for name in _NEEDED:
        everywhere[f"{name}-missing"] = _named(name, None)
        for way, value in _WRONG.items():
            everywhere[f"{name}-{way}"] = _named(name, {"value": value})
    for seed in (1, 2, 3):
        everywhere[f"missing-{seed}"] = _missing(seed)
    for name, change in everywhere.items():
        yield Fault("field", name, _changed(change), ANY)
    # These are no JSON that `dumps` would write.
    for name, text in (
        ("int-digits", "9" * 5000),
        ("nan", "NaN"),
        ("infinity", "Infinity"),
        ("1e999", "1e999"),
    ):
        yield Fault("field", name, _written(text), ANY)
    for name, version in (
        ("", "x.\u0663.y"),
        ("-one-number", "7"),
        ("-date", "2025-01-02"),
        ("-number", 7.5),
    ):
        yield Fault("field", f"odd-version{name}", _changed(_versioned(version)), ANY)


def paging() -> Iterator[Fault]:
    """Lists that lie of their length, and rows that are none."""
    totals: dict[str, Any] = {
        "huge": 10**9, "0": 0, "minus": -5, "text": "5", "null": None, "true": True, "float": 2.5,
        "word": "many",
    }  # fmt: skip
    for name, total in totals.items():
        yield Fault("paging", f"total-{name}", _changed(_with("total_entries", total)), ANY)
    yield Fault("paging", "total-absent", _changed(_without_total), ANY)
    rows: dict[str, Change] = {
        "null": lambda rows: None,
        "of-null": lambda rows: [None],
        "texts": lambda rows: ["a", "b"],
        "numbers": lambda rows: [1, 2],
        "lists": lambda rows: [["a"], []],
        "mixed": lambda rows: [*rows, None, {}],
        "empty-objects": lambda rows: [{}, {}],
        "object": lambda rows: {"0": rows},
        "twice": lambda rows: [*rows, *rows],
        "too-many": lambda rows: (rows * 60)[:_TOO_MANY],
    }
    for name, change in rows.items():
        yield Fault("paging", f"rows-{name}", _changed(_top_lists(change)), ANY)
    for cursor in ("next_cursor", "continuation_token"):
        yield Fault("paging", f"{cursor}-same", _changed(_with(cursor, "again")), ANY)


def _changed(change: Change) -> Callable[[Good], Sent]:
    return lambda good: send_data(good, change(good.data))


def _walk(data: Any, change: Change) -> Any:
    """The data with `change` made of every leaf and every list, the innermost first."""
    if isinstance(data, dict):
        return {name: _walk(value, change) for name, value in data.items()}
    if isinstance(data, list):
        return change([_walk(value, change) for value in data])
    return change(data)


def _leaves(change: Change) -> Change:
    return lambda data: _walk(data, lambda leaf: leaf if isinstance(leaf, list) else change(leaf))


def _texts(change: Change) -> Change:
    return lambda data: _walk(data, lambda leaf: change(leaf) if isinstance(leaf, str) else leaf)


def _lists(change: Change) -> Change:
    return lambda data: _walk(data, lambda leaf: change(leaf) if isinstance(leaf, list) else leaf)


def _numbers(change: Change) -> Change:
    return lambda data: _walk(
        data, lambda leaf: change(leaf) if isinstance(leaf, int | float) and leaf is not True else leaf
    )


def _dates(change: Change) -> Change:
    return lambda data: _walk(
        data, lambda leaf: change(leaf) if isinstance(leaf, str) and leaf.startswith("2025-") else leaf
    )


def _states(change: Change) -> Change:
    """Change each text that is called a state, or a status."""

    def walk(data: Any, name: str = "") -> Any:
        if isinstance(data, dict):
            return {key: walk(value, key) for key, value in data.items()}
        if isinstance(data, list):
            return [walk(value, name) for value in data]
        return change(data) if isinstance(data, str) and name.endswith(("state", "status")) else data

    return walk


def _members(change: Change) -> Change:
    """Change each field of the answer and of the rows of its lists."""

    def of(data: Any) -> Any:
        return {name: change(value) for name, value in data.items()} if isinstance(data, dict) else data

    def walk(data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if not any(isinstance(value, list) for value in data.values()):
            return of(data)
        return {
            name: [of(row) for row in value] if isinstance(value, list) else value
            for name, value in data.items()
        }

    return walk


def _other_type(value: Any) -> Any:
    if isinstance(value, bool):
        return "no"
    if isinstance(value, int | float):
        return "many"
    if isinstance(value, str):
        return 7
    return "text" if isinstance(value, list | dict) else value


def _named(name: str, instead: dict[str, Any] | None) -> Change:
    """Change the fields of this name; None leaves them out."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, dict):
            return value
        kept = {key: walk(item) for key, item in value.items() if key != name or instead is not None}
        return {**kept, name: instead["value"]} if instead is not None and name in kept else kept

    return walk


def _objects_null(data: Any) -> Any:
    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: None if isinstance(item, dict) else walk(item) for name, item in value.items()}
        return [walk(item) for item in value] if isinstance(value, list) else value

    return walk(data)


def _more_fields(data: Any) -> Any:
    if isinstance(data, dict):
        return {**{name: _more_fields(value) for name, value in data.items()}, "zz_new": {"a": [1, None]}}
    return [_more_fields(value) for value in data] if isinstance(data, list) else data


def _missing(seed: int) -> Change:
    def change(data: Any) -> Any:
        chance = random.Random(seed)

        def walk(value: Any) -> Any:
            if isinstance(value, dict):
                kept = {name: item for name, item in sorted(value.items()) if chance.random() > 0.4}
                return {name: walk(item) for name, item in kept.items()}
            return [walk(item) for item in value] if isinstance(value, list) else value

        return walk(data)

    return change


def _written(text: str) -> Callable[[Good], Sent]:
    mark = 1234567890123456789

    def make(good: Good) -> Sent:
        if good.data is None:
            return send_good(good)
        return send(
            json.dumps(_numbers(lambda number: mark)(good.data)).replace(str(mark), text), good.status
        )

    return make


def _versioned(version: object) -> Change:
    return lambda data: {**data, "version": version} if isinstance(data, dict) and "version" in data else data


def _with(name: str, value: Any) -> Change:
    return lambda data: {**data, name: value} if isinstance(data, dict) and _has_list(data) else data


def _without_total(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {name: value for name, value in data.items() if name != "total_entries"}


def _top_lists(change: Change) -> Change:
    def of(data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: change(value) if isinstance(value, list) else value for name, value in data.items()}

    return of


def _has_list(data: dict[str, Any]) -> bool:
    return any(isinstance(value, list) for value in data.values())
