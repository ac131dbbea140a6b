"""Roles as files have them, a row for each resource, and how they are compared with those of a server."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api
from airflowctl.domain.comparisons import refuse_masks
from airflowctl.domain.differences import Comparison
from airflowctl.domain.import_items import FieldError, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.domain.document import Document
    from airflowctl.domain.import_items import Entry
    from airflowctl.domain.masks import Path

    Fields = Mapping[str, Any]

_ROW = {"name", "resource", "action"}
_WHOLE = {"name", "actions"}  # as `roles list -o json` and the API have a role


def as_rows(name: str, actions: Fields) -> list[dict[str, str]]:
    """Return the rows of a role, from its actions by resource; one without any for a role without."""
    return [
        {"name": name, "resource": resource, "action": text}
        for resource, text in (actions or {"": ""}).items()
    ]


def _read_list(document: Document, shape: Shape, value: list[Any], path: Path) -> Iterator[Entry]:
    """Yield each role with its rows, by their places in the document."""
    roles: dict[str, list[tuple[Path, Any]]] = {}
    for index, row in enumerate(value):
        where = (*path, index)
        name = row.get("name") if isinstance(row, dict) else None
        if isinstance(name, str):
            roles.setdefault(name, []).append((where, row))
        else:
            yield f"entry {index + 1}", FieldError("not an object with a text as its name"), where, False
    for name, rows in roles.items():
        yield name, rows, (), False


def _read(name: str, value: Any) -> dict[str, str]:
    """Return the actions of a role by resource, in the order of the file."""
    if not isinstance(value, list):
        raise FieldError("roles are a list of objects with name, resource and action")
    fields: dict[str, str] = {}
    for path, row in value:
        for resource, actions in _read_row(row, path):
            known = set(filter(None, fields.get(resource, "").split(",")))
            fields[resource] = ",".join(sorted(known | actions))
    return fields


def _read_row(row: Fields, path: Path) -> Iterator[tuple[str, set[str]]]:
    unknown = sorted(set(row) - _ROW - _WHOLE)
    if unknown:
        raise FieldError(f"no such field: {', '.join(unknown)}", *path, unknown[0])
    if "actions" in row:
        if set(row) != _WHOLE:
            raise FieldError("actions and resource or action are both there", *path, "actions")
        yield from _read_actions(row["actions"], (*path, "actions"))
        return
    texts = {field: row.get(field) or "" for field in ("resource", "action")}
    for field, text in texts.items():
        if not isinstance(text, str):
            raise FieldError("must be text", *path, field)
    actions = {action.strip() for action in texts["action"].split(",") if action.strip()}
    resource = texts["resource"].strip()
    if bool(actions) != bool(resource):
        lack = "no action for the resource" if resource else "no resource for the action"
        raise FieldError(f"{lack} {resource or texts['action']}", *path)
    if resource:
        yield resource, actions


def _read_actions(value: Any, path: Path) -> Iterator[tuple[str, set[str]]]:
    try:
        pairs = fab_api.pairs(value)
    except (TypeError, KeyError):
        pairs = {("", "")}
    if not all(isinstance(part, str) and part for pair in pairs for part in pair):
        raise FieldError("must be a list of objects with action and resource", *path)
    for action, resource in sorted(pairs):
        yield resource, {action}


def _is_same(field: str, wanted: Any, current: Any) -> bool:
    return _split(wanted) == _split(current)


def _split(actions: Any) -> set[str]:
    return set(filter(None, str(actions or "").split(",")))


def _as_sent(fields: Fields) -> dict[str, Any]:
    pairs = {(action, resource) for resource, actions in fields.items() for action in _split(actions)}
    return {"actions": fab_api.permissions(pairs)}


def _build(fields: Fields, changed: tuple[str, ...], current: Fields) -> dict[str, Any]:
    return _as_sent({**current, **fields})  # the request replaces all that the role allows


ROLES = Shape(
    "roles",
    ("name",),
    (),
    _read,
    lambda fields: fields,
    {},
    lambda name: "" if name.strip() else "a role's name is not empty",
    _read_list,
)
ROLE = Comparison(
    "name", lambda current: dict.fromkeys(current, ""), _is_same, refuse_masks, _build, _as_sent
)
