"""The shapes of answers, as airflowctl/api/answer_reader.py reads them, from an OpenAPI document.

A shape is letters, one for each type that a value may have (s text, i integer, n number, b boolean, o any
object, l any list, 0 null; none: anything), or an object of shapes by field (`*` for all others, `?` where it
may also be null), or a list with the shape of its rows (and a second item where it may also be null).
"""

from __future__ import annotations

from typing import Any

Shape = Any
_LETTERS = {
    "string": "s",
    "integer": "i",
    "number": "n",
    "boolean": "b",
    "object": "o",
    "array": "l",
    "null": "0",
}
_DEEPEST = 8  # a schema may hold itself


def shapes(document: dict[str, Any]) -> dict[str, Shape]:
    """The shape of the success of each operation that promises JSON, by operationId."""
    found = {}
    for methods in document.get("paths", {}).values():
        for operation in methods.values():
            if not isinstance(operation, dict) or "operationId" not in operation:
                continue
            schemas = list(_schemas(operation))
            if schemas and isinstance(shape := _shape(schemas[0], document, 0), dict):
                found[operation["operationId"]] = shape
    return found


def _schemas(operation: dict[str, Any]) -> Any:
    """The schemas of its successes; none where one of them has no content, or anything for content."""
    for status, answer in sorted(operation.get("responses", {}).items()):
        if status[0] == "2":
            yield answer.get("content", {}).get("application/json", {}).get("schema") or {}


def _shape(schema: dict[str, Any], document: dict[str, Any], depth: int) -> Shape:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _shape(document["components"]["schemas"][name], document, depth)
    if depth > _DEEPEST:
        return ""
    choices = [choice for key in ("anyOf", "oneOf") for choice in schema.get(key, ())]
    if choices:
        made = [_shape(choice, document, depth) for choice in choices]
        shape = made[0]
        for other in made[1:]:
            shape = merge_shapes(shape, other)
        return shape
    if "properties" in schema:
        return {
            name: _field_shape(name, _shape(part, document, depth + 1))
            for name, part in schema["properties"].items()
        }
    if schema.get("type") == "array":
        return [_shape(schema.get("items", {}), document, depth + 1)]
    if isinstance(inner := schema.get("additionalProperties"), dict):
        return {"*": _shape(inner, document, depth + 1)}
    if "enum" in schema:
        kinds = {type(value) for value in schema["enum"]}
        return "s" if kinds == {str} else ""
    return _LETTERS.get(str(schema.get("type", "")), "")


def _field_shape(name: str, shape: Shape) -> Shape:
    """A number that only tells things apart may be a text as well: no command counts with it. A state may be
    null: what waits for another one ends by itself where it knows this one not."""
    if name == "state" and shape in ("", "s", "s0"):
        return "s0"
    is_id = name == "id" or name.endswith("_id")
    return f"s{shape}" if is_id and shape in ("i", "i0") else shape


def merge_shapes(one: Shape, other: Shape) -> Shape:
    """The shape of what has either shape."""
    if one == other:
        return one
    if "" in (one, other):
        return ""
    for first, second in ((one, other), (other, one)):
        if second == "0":
            return _or_null(first)
    if isinstance(one, str) and isinstance(other, str):
        return "".join(dict.fromkeys(one + other))
    if isinstance(one, list) and isinstance(other, list):
        rows = merge_shapes(one[0], other[0])
        return [rows, *one[1:2]] if len(one) > 1 else [rows, *other[1:2]]
    if isinstance(one, dict) and isinstance(other, dict):
        names = dict.fromkeys((*one, *other))
        return {
            name: merge_shapes(one.get(name, other.get(name)), other.get(name, one.get(name)))
            for name in names
        }
    return ""


def _or_null(shape: Shape) -> Shape:
    if isinstance(shape, str):
        return shape if "0" in shape else f"{shape}0"
    return {**shape, "?": ""} if isinstance(shape, dict) else [shape[0], "0"]
