"""Which things a request is about to change, and which of their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from airflowctl.core.undo import BODY, ENTITIES, LISTED, PLANNED, Undo
from airflowctl.undo.reading import Key, kept, key_of, read

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
    """What is there before a request; the `fields` that the request writes."""

    before: dict[str, Any] | None
    fields: tuple[str, ...]


def look(client: Client, spec: Undo, request: Request) -> dict[Key, Target]:
    """What the request is about to change, as it is now. Raises CliError."""
    how = spec.changes[request.op]
    if how in (LISTED, PLANNED):
        records = _listed(client, spec, request) if how == LISTED else _planned(client, spec, request)
        fields = _fields(spec, request.query, request.body)
        return {key_of(spec, record): Target(kept(spec, record), fields) for record in records}
    named = _entities(spec, request) if how == ENTITIES else {_key(spec, request, how): _named(spec, request)}
    return {key: Target(before, named[key]) for key, before in read(client, spec, named).items()}


def _key(spec: Undo, request: Request, how: str) -> Key:
    if how == BODY:
        return tuple(str(request.body[name]) for name in spec.keys)
    return tuple(str(request.path[name]) for name in spec.path)


def _named(spec: Undo, request: Request) -> tuple[str, ...]:
    return _fields(spec, request.query, request.body)


def _fields(spec: Undo, query: Mapping[str, Any], body: Any) -> tuple[str, ...]:
    """The kept fields that a body writes: those of the mask, else all that it has."""
    shown = {sent: field for field, sent in spec.sent.items()}
    written = query.get("update_mask") or tuple(body or ())
    names = [shown.get(name, name) for name in written]
    return tuple(name for name in spec.fields if name in names)


def _entities(spec: Undo, request: Request) -> dict[Key, tuple[str, ...]]:
    found = {}
    for action in request.body["actions"]:
        for entity in action["entities"]:
            facts = {**request.path, **entity}
            key = tuple(str(facts.get(name, -1)) for name in spec.keys)
            found[key] = _fields(spec, {}, entity)
    return found


def _listed(client: Client, spec: Undo, request: Request) -> Iterable[dict[str, Any]]:
    query = {name: value for name, value in request.query.items() if name != "update_mask"}
    return client.pages(spec.list, spec.items, query=query)


def _planned(client: Client, spec: Undo, request: Request) -> Iterable[dict[str, Any]]:
    base, by_index, _ = request.op.partition("_by_map_index")
    op = f"{base}_dry_run{by_index}"
    from airflowctl.api.operations import table

    query = request.query if "update_mask" in table()[op].query else {}
    records = client.record(op, spec.items, query=query, body=request.body, **request.path)[spec.items]
    return [record for record in records if isinstance(record, dict)]
