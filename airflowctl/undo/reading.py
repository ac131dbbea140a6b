"""Reads the things of a change by their keys: alone, or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from airflowctl.core.errors import NotFound
from airflowctl.core.undo import Undo

if TYPE_CHECKING:
    from airflowctl.api.client import Client

_MOST_ALONE = 5  # with more of them, one list costs fewer requests

Key = tuple[str, ...]


def read(client: Client, spec: Undo, keys: Iterable[Key]) -> dict[Key, dict[str, Any] | None]:
    """Return the kept fields of each thing; None where the server has none of this key. Raises CliError."""
    wanted = dict.fromkeys(keys)
    records: dict[Key, dict[str, Any] | None] = dict.fromkeys(wanted)
    for scope in dict.fromkeys(key[: spec.scope] for key in wanted):
        within = [key for key in wanted if key[: spec.scope] == scope]
        pairs = (
            _read_each(client, spec, within)
            if len(within) <= _MOST_ALONE
            else _read_list(client, spec, scope)
        )
        for key, record in pairs:
            if key in records:
                records[key] = kept_fields(spec, record)
            # The rest of a list of 100,000 is not read once everything is there.
            if len(within) > _MOST_ALONE and all(records[key] is not None for key in within):
                break
    return records


def kept_fields(spec: Undo, record: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record that undo keeps; an older server does not have them all."""
    return {name: record[name] for name in spec.fields if name in record}


def key_of(spec: Undo, record: dict[str, Any]) -> Key:
    """Return the key of a thing's record."""
    return tuple(str(record.get(name)) for name in spec.keys)


def path_of(spec: Undo, key: Key) -> dict[str, Any]:
    """Return the path parameters of a key."""
    return dict(zip(spec.path, key, strict=True))


def _read_each(client: Client, spec: Undo, keys: list[Key]) -> Iterator[tuple[Key, dict[str, Any]]]:
    for key in keys:
        path, op = path_of(spec, key), spec.read
        # A task that is not mapped has an operation of its own, whose path has no index.
        if spec.read_unmapped and key[-1] == "-1":
            path.pop(spec.path[-1])
            op = spec.read_unmapped
        try:
            yield key, client.record(op, spec.fields[0], **path)
        # None is what undo has to know: the change creates the thing, and taking it back deletes it.
        except NotFound:
            continue


def _read_list(client: Client, spec: Undo, scope: Key) -> Iterator[tuple[Key, dict[str, Any]]]:
    path: dict[str, Any] = dict(zip(spec.path, scope, strict=False))
    for record in client.pages(spec.list, spec.items, **path):
        yield key_of(spec, record), record
