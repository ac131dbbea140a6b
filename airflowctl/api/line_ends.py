"""Names with a line end in them: the server's routes for what may hold a '/' stop at one, so that such a name
is looked for in the list, and deleted by the operation for many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from airflowctl.core.errors import NotFound, ServerRefused


class Caller(Protocol):
    """What calls an operation for one object or for many: airflowctl.api.client.Client."""

    def record(self, op: str, key: str, /, **facts: Any) -> dict[str, Any]: ...
    def pages(self, op: str, items: str, /) -> Iterable[dict[str, Any]]: ...


class _Kind(NamedTuple):
    """How things of a kind are listed, which field is their name, and how many are changed at once."""

    list: str
    items: str
    key: str
    bulk: str


_KINDS = {
    "variable_key": _Kind("get_variables", "variables", "key", "bulk_variables"),
    "pool_name": _Kind("get_pools", "pools", "name", "bulk_pools"),
}
_GETS, _DELETES = ("get_variable", "get_pool"), ("delete_variable", "delete_pool")


def is_apart(op: str, path: Mapping[str, str]) -> bool:
    """Whether the operation is about one thing that its route does not find, or for which it finds another: a
    line end after the name is passed over there."""
    is_read = op in _GETS and any(name.endswith("\n") for name in path.values())
    return is_read or (op in _DELETES and any("\n" in name for name in path.values()))


def is_to_look_for(op: str, path: Mapping[str, str]) -> bool:
    """Whether a thing may be there that was not found by its name."""
    return op in _GETS and any("\n" in name for name in path.values())


def call(caller: Caller, op: str, path: Mapping[str, str]) -> dict[str, Any] | None:
    """What the operation would answer for this name. Raises CliError."""
    (place, name), *_ = path.items()
    kind = _KINDS[place]
    if op in _GETS:
        return _record(caller, kind, name)
    action = {"action": "delete", "entities": [name], "action_on_non_existence": "fail"}
    answer = caller.record(kind.bulk, "delete", body={"actions": [action]})["delete"]
    errors = (answer.get("errors") if isinstance(answer, dict) else None) or []
    if not errors:
        return None
    problem = errors[0] if isinstance(errors[0], dict) else {}
    if problem.get("status_code") == 404:
        raise _missing(kind, name)
    raise ServerRefused(str(problem.get("error") or "the server did not delete it"))


def _record(caller: Caller, kind: _Kind, name: str) -> dict[str, Any]:
    for item in caller.pages(kind.list, kind.items):
        if item.get(kind.key) == name:
            return item
    raise _missing(kind, name)


def _missing(kind: _Kind, name: str) -> NotFound:
    return NotFound(f"there is no '{name}' among the {kind.items}", status=404)
