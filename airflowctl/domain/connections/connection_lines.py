"""Connections as lines of an .env file: ID=URI or ID=JSON, and what such a URI cannot hold."""

from __future__ import annotations

from airflowctl.core.connection import from_uri, to_uri
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.env_text import render_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_ABSENT = (None, "", "{}")


def render_lines(records: Mapping[str, Mapping[str, Any]], is_json: bool) -> str:
    """Return the lines of connections. Raises ValueError for what no .env file can hold."""
    from json import dumps

    write = dumps if is_json else to_uri
    return "".join(render_line(conn_id, write(fields)) for conn_id, fields in records.items())


def find_lost_fields(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that differ once the URI of a connection is read again."""
    try:
        again = from_uri(to_uri(fields))
    except ValueError:
        again = {}
    for name, value in fields.items():
        if value not in _ABSENT and not _is_same(name, value, again.get(name)):
            yield name


def _is_same(name: str, value: Any, other: Any) -> bool:
    if name == "extra" and isinstance(value, str) and isinstance(other, str):
        from json import loads

        try:
            return bool(loads(value) == loads(other))
        except ValueError:
            return value == other
    return bool(value == other)
