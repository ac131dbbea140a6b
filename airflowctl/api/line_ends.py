"""Names with a line end: they are read from the list, and deleted by the operation for many.

The server's routes for names that may hold a '/' stop at a line end, so that `DELETE /variables/a%0A` would
delete `a` (decision 0015)."""

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


def is_unroutable(op: str, path: Mapping[str, str]) -> bool:
    """Return whether the operation's route finds nothing for this name, or another thing."""
    # A line end after the name is passed over by the route, so a read would answer for another name.
    is_read = op in _GETS and any(name.endswith("\n") for name in path.values())
    return is_read or (op in _DELETES and any("\n" in name for name in path.values()))


def is_listed_instead(op: str, path: Mapping[str, str]) -> bool:
    """Return whether a thing that was not found by its name may be in the list."""
    return op in _GETS and any("\n" in name for name in path.values())


def call(caller: Caller, op: str, path: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what the operation would answer for this name. Raises CliError."""
    (parameter, name), *_ = path.items()
    kind = _KINDS[parameter]
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
