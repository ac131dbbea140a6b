"""One value of an answer as the text of a cell."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

MISSING = object()


def lookup(item: Mapping[str, Any], column: str) -> Any:
    """The field, or with dots a field within a field; MISSING when the item has none."""
    if column in item:
        return item[column]
    value: Any = item
    for part in column.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def full(value: Any) -> str:
    """The whole value, for a machine: ISO times as sent, nothing for null, JSON for what is nested."""
    if value is None or value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    if isinstance(value, list) and all(isinstance(one, Mapping) and "name" in one for one in value):
        return ",".join(str(one["name"]) for one in value)
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def short(value: Any, zone: str = "Z") -> str:
    """The value for a person: times to the second in UTC, seconds to the millisecond."""
    if isinstance(value, str) and _is_time(value):
        return f"{value[:10]} {value[11:19]}{zone}"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return full(value)


def brief(value: Any) -> str:
    """As `short`, where there is less room: times to the minute."""
    text = short(value, "")
    return text[:16] if isinstance(value, str) and _is_time(value) else text


def _is_time(text: str) -> bool:
    """`2026-11-01T06:00:00.123Z`, as the API writes times: always UTC."""
    return (
        20 <= len(text) <= 32
        and text[4] == text[7] == "-"
        and text[10] == "T"
        and text[13] == text[16] == ":"
        and text.endswith(("Z", "+00:00"))
        and text[:4].isdigit()
    )
