"""Reads operations from an OpenAPI document; standard library only, for scripts/generate-operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from airflowctl.api.operations import Operation

METHODS = ("get", "post", "put", "patch", "delete")


def operations(document: dict[str, Any]) -> dict[str, Operation]:
    """Return all operations of a document, by operationId; their first versions are not in it."""
    return {
        operation["operationId"]: _operation(document, method, route, methods)
        for route, methods in document.get("paths", {}).items()
        for method in METHODS
        if isinstance(operation := methods.get(method), dict) and "operationId" in operation
    }


def _operation(document: dict[str, Any], method: str, route: str, methods: dict[str, Any]) -> Operation:
    operation = methods[method]
    # The parameters of a path are those of each of its methods.
    query = {
        parameter["name"]: _kind(parameter.get("schema", {}))
        for parameter in (*methods.get("parameters", ()), *operation.get("parameters", ()))
        if parameter.get("in") == "query"
    }
    is_open = not operation.get("security")
    return Operation(method.upper(), route, query, is_open, "", "", _body(document, operation))


def _kind(schema: dict[str, Any]) -> str:
    """Return the type of a query parameter, in one word; `null` is left out."""
    shapes = [shape for shape in schema.get("anyOf", [schema]) if shape.get("type") != "null"]
    return str(shapes[0].get("type", "string")) if shapes else "string"


def _body(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, str]:
    """Return the fields of the JSON object that an operation takes."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    # A body that may be of several kinds takes the fields of each.
    shapes = (_resolve(document, shape) for shape in schema.get("anyOf", [schema]))
    return {field: "" for shape in shapes for field in shape.get("properties", {})}


def _resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    target: dict[str, Any] = (
        document.get("components", {}).get("schemas", {}).get(name, {}) if name else schema
    )
    return target


def fields(document: dict[str, Any]) -> dict[str, list[str]]:
    """Return the fields of the rows of each list, or of the one object, by operationId; nested ones too."""
    return {
        operation["operationId"]: list(dict.fromkeys(_fields(document, operation)))
        for methods in document.get("paths", {}).values()
        if isinstance(operation := methods.get("get"), dict) and "operationId" in operation
    }


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    answers = [answer for status, answer in operation.get("responses", {}).items() if status[0] == "2"]
    schema = (answers or [{}])[0].get("content", {}).get("application/json", {}).get("schema", {})
    properties = _object(document, schema).get("properties", {})
    lists = [shape["items"] for shape in properties.values() if shape.get("type") == "array"]
    # An answer that counts its rows is a list of them; other lists are fields of one object.
    if "total_entries" in properties and lists:
        properties = _object(document, lists[0]).get("properties", {})
    for name, shape in properties.items():
        yield name
        yield from (f"{name}.{inner}" for inner in _object(document, shape).get("properties", ()))


def _object(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema itself, or the one of its alternatives that has fields."""
    shapes = [_resolve(document, shape) for shape in schema.get("anyOf", [schema])]
    return next((shape for shape in shapes if "properties" in shape or "anyOf" in shape), {})
