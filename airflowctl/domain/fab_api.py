"""The users and roles of the FAB auth manager: an API of its own, which only a server with FAB has."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NoRoute, NotAirflow, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.session.session import Session

ROOT = "/auth/fab/v1"


def ask(
    session: Session,
    method: str,
    *path: str,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
) -> dict[str, Any]:
    """Return one request to FAB; every part of the path is percent-encoded. Raises CliError."""
    from urllib.parse import quote

    for part in path:
        if part in ("", ".", "..") or "/" in part:
            raise UsageError(f"'{part}' cannot be a name here: FAB's API cannot be asked for it")
    where = "/".join((ROOT, *(quote(part, safe="") for part in path)))
    try:
        return session.api.send(method, where, query=query, body=body) or {}
    except (NotAirflow, NoRoute):
        raise _absent(session) from None
    except CliError as error:
        if error.status == 405:
            raise _absent(session) from None
        raise


def every(session: Session, items: str, order: str) -> Iterator[dict[str, Any]]:
    """Yield all of a list. `permissions` come under `actions`."""
    from airflowctl.api.list_pager import Page, Position, Source, read_chunks, read_count

    key = "actions" if items == "permissions" else items

    def fetch(position: Position) -> Page:
        query = {"limit": position.limit, "offset": position.offset, "order_by": order}
        answer = ask(session, "GET", items, query=query)
        rows = answer.get(key)
        if not isinstance(rows, list):
            raise _absent(session)
        if not all(isinstance(row, dict) for row in rows):
            raise odd(f"without {key}")
        return Page(rows, read_count(answer.get("total_entries")))

    def odd(what: str) -> CliError:
        from airflowctl.api.server_errors import not_airflow

        return not_airflow(session.api.base_url, f"answered GET {ROOT}/{items} {what}")

    for chunk in read_chunks(Source(fetch, odd, session.api.note), items):
        yield from chunk.rows


def names(items: Any) -> list[str]:
    """`[{"name": "Admin"}]` -> ["Admin"]"""
    return [str(item["name"]) for item in items or ()]


def pairs(actions: Any) -> set[tuple[str, str]]:
    """Return the permissions of a role, each an action on a resource."""
    return {(item["action"]["name"], item["resource"]["name"]) for item in actions or ()}


def permissions(result: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the other way round, as a role is sent."""
    return [
        {"action": {"name": action}, "resource": {"name": resource}} for action, resource in sorted(result)
    ]


def by_resource(result: set[tuple[str, str]]) -> dict[str, str]:
    """Return each resource with its actions, comma-separated, as the classic program has them."""
    resources = sorted({resource for _, resource in result})
    return {entry: ",".join(sorted(action for action, of in result if of == entry)) for entry in resources}


def _absent(session: Session) -> UsageError:
    url = session.server.environment.url
    return UsageError(
        f"{url} keeps no users and roles that airflowctl could change: it does not have the FAB auth manager",
        "users are kept where its auth manager keeps them: in its configuration, or at a login service",
    )
