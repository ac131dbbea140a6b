"""Finds the things that a request is about to change, and which of their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from airflowctl.core.undo import BODY, ENTITIES, LISTED, PLANNED, Undo
from airflowctl.undo.reading import Key, kept_fields, key_of, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from airflowctl.api.client import Client


class Request(NamedTuple):
    """A call of Client.call: the operation with its query, its body and the parameters of its path."""

    op: str
    query: Mapping[str, Any]
    body: Any
    path: Mapping[str, str]


class Target(NamedTuple):
    """A thing before a request, and the `fields` that the request writes."""

    before: dict[str, Any] | None
    fields: tuple[str, ...]


def read_targets(client: Client, spec: Undo, request: Request) -> dict[Key, Target]:
    """Read the things that a request is about to change, as they are now. Raises CliError."""
    method = spec.changes[request.op]
    if method in (LISTED, PLANNED):
        records = (
            _list_records(client, spec, request)
            if method == LISTED
            else _dry_run_records(client, spec, request)
        )
        fields = _fields(spec, request.query, request.body)
        return {key_of(spec, record): Target(kept_fields(spec, record), fields) for record in records}
    fields_by_key = (
        _entities(spec, request)
        if method == ENTITIES
        else {_key(spec, request, method): _written_fields(spec, request)}
    )
    return {
        key: Target(before, fields_by_key[key]) for key, before in read(client, spec, fields_by_key).items()
    }


def _key(spec: Undo, request: Request, method: str) -> Key:
    if method == BODY:
        return tuple(str(request.body[name]) for name in spec.keys)
    return tuple(str(request.path[name]) for name in spec.path)


def _written_fields(spec: Undo, request: Request) -> tuple[str, ...]:
    return _fields(spec, request.query, request.body)


def _fields(spec: Undo, query: Mapping[str, Any], body: Any) -> tuple[str, ...]:
    """Return the kept fields that a body writes: those of the mask, else all that it has."""
    shown = {sent: field for field, sent in spec.sent.items()}
    written = query.get("update_mask") or tuple(body or ())
    names = [shown.get(name, name) for name in written]
    return tuple(name for name in spec.fields if name in names)


def _entities(spec: Undo, request: Request) -> dict[Key, tuple[str, ...]]:
    fields_by_key = {}
    for action in request.body["actions"]:
        for entity in action["entities"]:
            facts = {**request.path, **entity}
            key = tuple(str(facts.get(name, -1)) for name in spec.keys)
            fields_by_key[key] = _fields(spec, {}, entity)
    return fields_by_key


def _list_records(client: Client, spec: Undo, request: Request) -> Iterable[dict[str, Any]]:
    query = {name: value for name, value in request.query.items() if name != "update_mask"}
    return client.pages(spec.list, spec.items, query=query)


def _dry_run_records(client: Client, spec: Undo, request: Request) -> Iterable[dict[str, Any]]:
    base, by_index, _ = request.op.partition("_by_map_index")
    # Which tasks a mark changes only the server knows: its dry run lists them (decision 0020).
    op = f"{base}_dry_run{by_index}"
    from airflowctl.api.operations import table

    query = request.query if "update_mask" in table()[op].query else {}
    records = client.record(op, spec.items, query=query, body=request.body, **request.path)[spec.items]
    return [record for record in records if isinstance(record, dict)]
