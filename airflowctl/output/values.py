"""One value of an answer as the text of a cell."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.durations import duration
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.times import UTC, Clock, format_time, is_duration, is_time

if TYPE_CHECKING:
    from typing import Any

MISSING = object()


def copy_plain(value: Any) -> Any:
    """Return the value of dict and list alone: YAML and jmespath know types by their names."""
    if isinstance(value, Mapping):
        return {name: copy_plain(inner) for name, inner in value.items()}
    return [copy_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def lookup(item: Mapping[str, Any], column: str) -> Any:
    """Return the field, or with dots a field within a field; MISSING where the item has none."""
    # A field whose own name has dots, as a header or a label, is meant first.
    if column in item:
        return _read(item, column)
    value: Any = item
    for part in column.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = _read(value, part)
    return value


# What is printed needs no type: an object of an answer checks only what a command reads.
def _read(item: Mapping[str, Any], name: str) -> Any:
    return dict.__getitem__(item, name) if isinstance(item, dict) else item[name]


def full_text(value: Any) -> str:
    """Return the whole value, for programs: ISO times as sent, nothing for null, JSON for nested values."""
    if value is None or value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    # As JSON writes it: `True` is Python's.
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple) and all(isinstance(element, str) for element in value):
        return ",".join(value)
    if isinstance(value, list) and all(
        isinstance(element, Mapping) and "name" in element for element in value
    ):
        return ",".join(str(_read(element, "name")) for element in value)
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def short_text(value: Any, column: str = "", clock: Clock = UTC, mark: str = "Z") -> str:
    """Return the value for reading: times to the second, seconds to the millisecond. `mark` marks UTC."""
    if isinstance(value, str) and is_time(value):
        return format_time(value, clock, mark)
    if clock.durations and is_duration(column) and type(value) in (int, float):
        return duration(value)
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return full_text(value)


def brief_text(value: Any, column: str = "", clock: Clock = UTC, mark: str = "") -> str:
    """Like `short_text`, where there is less room: times to the minute and without their age."""
    if isinstance(value, str) and is_time(value):
        return format_time(value, clock._replace(now=None), mark, 16)
    return short_text(value, column, clock, mark)
