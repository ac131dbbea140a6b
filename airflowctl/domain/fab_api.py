"""The users and roles of the FAB auth manager: an API of its own, which only a server with FAB has."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NoRoute, PluginMissing, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.session.session import Session

ROOT = "/auth/fab/v1"
_NAMED = {"name": "s"}
_PERMISSION = {"action": _NAMED, "resource": _NAMED}
# FAB has a document, but no supported Airflow ships it: these are what its users, roles and permissions hold.
_SHAPES: Mapping[str, Any] = {
    "users": {
        "username": "s",
        "email": "s0",
        "first_name": "s0",
        "last_name": "s0",
        "active": "b0",
        "roles": [_NAMED, "0"],
    },
    "roles": {"name": "s", "actions": [_PERMISSION, "0"]},
    "permissions": _PERMISSION,
}

KEYS = {"users": "username", "roles": "name"}


def ask(
    session: Session,
    method: str,
    *path: str,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
) -> dict[str, Any]:
    """Return one request to FAB; every part of the path is percent-encoded. Raises CliError."""
    from urllib.parse import quote

    from airflowctl.api.plugins import may_be_absent

    # FAB takes a slash for one also where it is encoded.
    for part in path:
        if not is_part(part):
            raise UsageError(f"'{part}' cannot be a name here: FAB's API cannot be asked for it")
    where = "/".join((ROOT, *(quote(part, safe="") for part in path)))
    try:
        answer = session.api.send(method, where, query=query, body=body)
    except CliError as error:
        if may_be_absent(error) and _is_absent(session):
            raise _absent(session, error.status) from None
        raise
    return _attach(answer, path, method)


def is_part(name: str) -> bool:
    """Return whether a name may be a part of a path of FAB's API."""
    return name not in ("", ".", "..") and "/" not in name


def _is_absent(session: Session) -> bool:
    """Return whether the server's auth manager is another one: its document says so, or it has none."""
    from airflowctl.api.server_errors import WebPage

    api = session.api
    try:
        document = api.document("/auth/openapi.json")
    except NoRoute:
        return True
    except WebPage:  # of the web UI, if the API itself answers; else of a proxy
        return bool(api.version())
    paths = document.get("paths")
    return isinstance(paths, dict) and not any("/fab/" in str(path) for path in paths)


def _attach(answer: Any, path: tuple[str, ...], method: str) -> dict[str, Any]:
    """Return an answer that knows what its fields must be."""
    from airflowctl.api.answer_reader import Origin, attach

    origin = Origin("/".join((f"{method} {ROOT}", *path)), method)
    if answer is None and method != "DELETE":
        raise origin.complain("it is empty")
    items = path[0]
    shape = _SHAPES[items] if len(path) > 1 or method != "GET" else {_list_key(items): [_SHAPES[items]]}
    attach(answer, shape, origin)
    if answer is not None and len(path) > 1 and method == "GET":
        name = answer[KEYS[items]]  # raises for one that is missing, or is no text
        # What the answer names is changed or deleted next. FAB may find a user by a name in other capitals.
        if name.casefold() != path[1].casefold():
            raise origin.complain(f"`{KEYS[items]}` is that of another one")
    return answer or {}


def _list_key(items: str) -> str:
    return "actions" if items == "permissions" else items


def every(session: Session, items: str, order: str) -> Iterator[dict[str, Any]]:
    """Yield all of a list. `permissions` come under `actions`."""
    from airflowctl.api.answer_reader import read_rows
    from airflowctl.api.list_pager import Page, Position, Source, read_chunks, read_count

    key = _list_key(items)

    def fetch(position: Position) -> Page:
        query = {"limit": position.limit, "offset": position.offset, "order_by": order}
        answer = ask(session, "GET", items, query=query)
        rows = read_rows(answer, key, position.offset)
        if rows is None:
            raise odd(f"without {key}")
        return Page(rows, read_count(dict.get(answer, "total_entries")))

    def odd(problem: str) -> CliError:
        from airflowctl.api.server_errors import not_airflow

        return not_airflow(session.api.base_url, f"answered GET {ROOT}/{items} {problem}")

    for chunk in read_chunks(Source(fetch, odd, session.api.note), items):
        yield from chunk.rows


def names(items: Any) -> list[str]:
    """`[{"name": "Admin"}]` -> ["Admin"]"""
    return [str(item["name"]) for item in items or ()]


def pairs(actions: Any) -> set[tuple[str, str]]:
    """Return the permissions of a role, each an action on a resource."""
    return {(item["action"]["name"], item["resource"]["name"]) for item in actions or ()}


def permissions(result: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return permissions as a role is sent: the other way round."""
    return [
        {"action": {"name": action}, "resource": {"name": resource}} for action, resource in sorted(result)
    ]


def by_resource(result: set[tuple[str, str]]) -> dict[str, str]:
    """Return each resource with its actions, comma-separated, as the classic program has them."""
    resources = sorted({resource for _, resource in result})
    return {
        entry: ",".join(sorted(action for action, resource_name in result if resource_name == entry))
        for entry in resources
    }


def _absent(session: Session, status: int) -> PluginMissing:
    url = session.server.environment.url
    return PluginMissing(
        f"{url} keeps no users and roles that airflowctl could change: it does not have the FAB auth manager",
        "users are kept where its auth manager keeps them: in its configuration, or at a login service",
        status=status,
    )
