"""What the params of a Dag say of a conf being typed: of the member at the cursor, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airflowctl.core.fields import Field, fields
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    Path = Sequence[str | int]


def find_field(params: Mapping[str, Any], path: Path) -> Field | None:
    """Return the field that a path of member names and indexes leads to; None where the schema has none."""
    if not path:
        return None
    field = next((field for field in fields(params) if field.name == path[0]), None)
    for part in path[1:]:
        field = _inner(field, part) if field is not None else None
    return field


def _inner(field: Field, part: str | int) -> Field | None:
    """Return the field of a member or an element of a value, as its schema has it."""
    if isinstance(part, int):
        schema = field.schema.get("items")
    else:
        members = field.schema.get("properties")
        schema = members.get(part) if isinstance(members, Mapping) else None
        # For a member without a schema of its own that of all others holds.
        schema = schema if schema is not None else field.schema.get("additionalProperties")
    if not isinstance(schema, Mapping):
        return None
    about = str(schema.get("description") or schema.get("title") or "")
    return Field(str(part), schema.get("default"), schema, about)


def describe_field(field: Field) -> str:
    """Return `rows: whole number, at least 1, default 100. How many`."""
    import json

    limits = [f"{words} {field.schema[name]}" for name, words in _LIMITS.items() if name in field.schema]
    default = [] if field.default is None else [f"default {json.dumps(field.default, ensure_ascii=False)}"]
    kind = f"one of {', '.join(field.choices)}" if field.choices else field.kind
    about = f". {field.about}" if field.about else ""
    return f"{field.name}: {', '.join([kind, *limits, *default])}{about}"


_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
    "minLength": "letters at least",
    "maxLength": "letters at most",
    "pattern": "like",
}


def members_of(params: Mapping[str, Any], path: Path) -> list[str]:
    """Return the names that may stand in the object at a path."""
    if not path:
        return list(params)
    field = find_field(params, path)
    members = field.schema.get("properties") if field is not None else None
    return list(members) if isinstance(members, Mapping) else []


def find_problem(params: Mapping[str, Any], conf: object, present: Path = ()) -> str:
    """Return what is wrong with a conf, as `rows must be at least 1`; empty where nothing is. The value at
    the path `present` is still being typed."""
    if not isinstance(conf, Mapping):
        return "a conf is an object: {...}"
    known = {field.name: field for field in fields(params)}
    for name, value in conf.items():
        if name not in known:
            return _unknown(str(name), list(known))
        for problem in _problems(known[name], value, (name,), tuple(present)):
            return problem
    return ""


def _unknown(name: str, known: Sequence[str]) -> str:
    from airflowctl.core.wording import format_list

    if not known:
        return f"{name}: this Dag has no params"
    return f"{name} is no param of this Dag: {format_list(known)}"


def _problems(field: Field, value: Any, path: Path, present: Path) -> Iterator[str]:
    if tuple(path) == present:
        return
    shown = ".".join(map(str, path))
    is_within = tuple(present[: len(path)]) == tuple(path)  # a part of it is still missing
    if isinstance(value, Mapping):
        members = field.schema.get("properties")
        for name, inner in value.items():
            member = _inner(field, str(name))
            if member is not None:
                yield from _problems(member, inner, (*path, name), present)
            elif isinstance(members, Mapping) and field.schema.get("additionalProperties") is False:
                yield f"{shown} has no member {name}: {', '.join(members)}"
        missing = [name for name in _required(field) if name not in value]
        if missing and not is_within:
            yield f"{shown} needs {', '.join(missing)}"
    if isinstance(value, list):
        element = _inner(field, 0)
        for index, inner in enumerate(value if element is not None else ()):
            if element is not None:
                yield from _problems(element, inner, (*path, index), present)
    try:
        field.check(value)
    except ValueError as error:
        yield f"{shown} is {error}" if str(error).startswith("not") else f"{shown} {error}"


def _required(field: Field) -> list[str]:
    names = field.schema.get("required")
    return [str(name) for name in names] if isinstance(names, list) else []
