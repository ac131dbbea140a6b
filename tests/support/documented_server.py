"""A server that answers each operation as the newest document of Airflow says: `answer(request)`.

Every value is made from its name and type, so that a run of a line sends and prints the same each time."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.support.paths import OPENAPI
from tests.support.stub import TOKEN, Reply, Request, reply

NEWEST = OPENAPI / "openapi-3.3.2.json"
EDGE = OPENAPI / "plugins" / "edge3-5.1.0.json"
UUID = "01890000-0000-7000-8000-000000000001"
DAY = "2025-01-02"  # of all times
_ROWS = 2  # of each list
_PREFERRED = ("success", "running", "manual", "scheduled")  # of an enum
_NUMBERED = ("id", "map_index", "version_number")  # fields that are another number in each row
_DEPTH = 6  # of a schema that has itself as a part
# FAB has no document here: what its auth manager answers, by the last fixed word of the path.
_FAB = {
    "users": {"username": "ann", "email": "ann@example.org", "first_name": "Ann", "last_name": "Lee",
              "active": True, "roles": [{"name": "Viewer"}, {"name": "Op"}]},
    "roles": {"name": "Viewer", "actions": [{"action": {"name": "can_read"}, "resource": {"name": "DAGs"}}]},
    "permissions": {"action": {"name": "can_read"}, "resource": {"name": "DAGs"}},
}  # fmt: skip


# What a field must be for the commands that look into it.
_FIELDS = {
    "options": ["Approve", "Reject"],
    "package_name": "apache-airflow-providers-http",
    "status": "healthy",  # of a component
}


class Route(NamedTuple):
    """An operation of a document, and the pattern of the paths that reach it."""

    method: str
    pattern: re.Pattern[str]
    status: int
    schema: dict[str, Any] | None
    schemas: dict[str, Any]
    has_pages: bool


def answer(request: Request) -> Reply:
    """What the document promises; 404 for what is in none."""
    if request.path.endswith("/version"):
        return reply({"version": "3.3.2", "git_version": None})
    if request.path.endswith("/auth/token/cli"):
        return reply({"access_token": TOKEN}, 201)
    if request.path == "/ui/auth/me":
        return reply({"id": "1", "username": "ann"})
    if request.path.startswith("/auth/fab/v1/"):
        return _answer_of_fab(request)
    route = _find_route(request)
    if route:
        match = route.pattern.fullmatch(request.path)
        known = match.groupdict() if match else {}
        return _answer_of(route, {name: unquote(text) for name, text in known.items()}, request)
    return reply({"detail": f"Not Found: {request.method} {request.path}"}, 404)


def answer_with_rows(request: Request, count: int) -> Reply:
    """The same from a server whose lists have so many rows, each another one: the asked page of them, or all
    where the operation has no pages. What is looked for by a pattern is there once."""
    made = answer(request)
    data = json.loads(made.body) if made.status == 200 and "_pattern=" not in request.target else None
    if not isinstance(data, dict) or "total_entries" not in data:
        return made
    lists = [name for name, value in data.items() if isinstance(value, list) and value]
    if len(lists) != 1:
        return made
    rows, more = _cut_page(request, count)
    first = data[lists[0]][0]
    return reply(
        {**data, lists[0]: [_make_row(first, number) for number in rows], "total_entries": count, **more}
    )


def _cut_page(request: Request, count: int) -> tuple[range, dict[str, Any]]:
    """The numbers of the rows that the request gets, and what the answer says of the next page."""
    asked: dict[str, Any] = {name: values[0] for name, values in request.query.items()}
    asked |= {name.removeprefix("page_"): value for name, value in _texts(request).items()}
    route = _find_route(request)
    if route and request.method == "GET" and not route.has_pages:
        return range(count), {}
    begin = int(asked.get("offset") or asked.get("cursor") or 0)
    end = min(begin + min(int(asked.get("limit", 50)), 100), count)
    is_last = end == count
    has_cursor = "cursor=" in request.target
    return range(begin, end), {"next_cursor": None if is_last else str(end)} if has_cursor else {}


def _make_row(first: Any, number: int) -> Any:
    """A row that is another one than the first: by its texts, and by each id that is a number."""
    row = renumber(first, number)
    if not number or not isinstance(row, dict):
        return row
    if row == first:
        row = _rename(first, number)
    ids: dict[str, Any] = {
        name: number for name, value in row.items() if name.endswith(_NUMBERED) and type(value) is int
    }
    if row.get("id") == UUID:
        ids["id"] = f"{UUID[:-6]}{number + 1:06}"
    return {**row, **ids}


def _rename(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {key: _rename(part, number) for key, part in value.items()}
    return f"{value} {number + 1}" if isinstance(value, str) else value


def _find_route(request: Request) -> Route | None:
    fitting = (route for route in _routes() if route.method == request.method)
    return next((route for route in fitting if route.pattern.fullmatch(request.path)), None)


def _answer_of(route: Route, known: dict[str, str], request: Request) -> Reply:
    if route.status == 204:
        return reply("", 204)
    if not route.schema:
        return reply("null", route.status)
    patterns = {name: values[0] for name, values in request.query.items() if name.endswith("_pattern")}
    known |= {name.removesuffix("_pattern"): value.strip("%") for name, value in patterns.items()}
    known |= _texts(request)
    if isinstance(known.get("actions"), list):
        return reply({action["action"]: _all_done(action) for action in known["actions"]})
    made = make_value(route.schema, "", route.schemas, known)
    if isinstance(made, dict):
        if patterns:  # one has the name that was looked for
            made = {name: value[:1] if isinstance(value, list) else value for name, value in made.items()}
        lists = [value for value in made.values() if isinstance(value, list)]
        if "total_entries" in made:
            made["total_entries"] = len(lists[0]) if lists else 1
        for name in ("next_cursor", "previous_cursor", "continuation_token"):
            if name in made:
                made[name] = None
    return reply(made, route.status)


def _all_done(action: dict[str, Any]) -> dict[str, Any]:
    """What a bulk action answers where nothing failed: the key of each entity."""
    keys = [
        entity if isinstance(entity, str) else next(iter(entity.values())) for entity in action["entities"]
    ]
    return {"success": keys, "errors": []}


def _texts(request: Request) -> dict[str, str]:
    """The fields of the body, which the answer repeats as a server that has stored them does."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _answer_of_fab(request: Request) -> Reply:
    items, _, name = request.path.removeprefix("/auth/fab/v1/").partition("/")
    if request.method == "DELETE":
        return reply("", 204)
    row = _FAB[items]
    if request.method == "GET" and not name:
        key = "actions" if items == "permissions" else items
        return reply({key: [row], "total_entries": 1})
    named = {"username" if items == "users" else "name": unquote(name)} if name else {}
    return reply({**row, **named, **_texts(request)})


@cache
def _routes() -> tuple[Route, ...]:
    """Fixed paths first: `/dags/~/x` is none of a Dag that is called `~`."""
    found = []
    for path in (NEWEST, EDGE):
        document = json.loads(path.read_text(encoding="utf-8"))
        prefix = document.get("servers", [{"url": ""}])[0]["url"].rstrip("/")
        for template, methods in document["paths"].items():
            for method, operation in methods.items():
                if isinstance(operation, dict) and "responses" in operation:
                    found.append(_route(prefix + template, method, operation, document))
    return tuple(sorted(found, key=lambda route: route.pattern.pattern.count("(?P<")))


def _route(template: str, method: str, operation: dict[str, Any], document: dict[str, Any]) -> Route:
    pattern = re.sub(r"\\{(\w+)(:path)?\\}", r"(?P<\1>[^/]+)", re.escape(template))
    status = next(text for text in sorted(operation["responses"]) if text.startswith("2"))
    content = operation["responses"][status].get("content", {})
    schema = content.get("application/json", {}).get("schema")
    schemas = document["components"]["schemas"]
    has_pages = any(parameter["name"] == "offset" for parameter in operation.get("parameters", ()))
    return Route(method.upper(), re.compile(pattern), int(status), schema, schemas, has_pages)


def make_value(
    schema: dict[str, Any], name: str, schemas: dict[str, Any], known: dict[str, Any], depth: int = 0
) -> Any:
    """A value of the schema for a field of this name: that of the request, else one made from the name."""
    if "$ref" in schema:
        return make_value(schemas[schema["$ref"].rpartition("/")[2]], name, schemas, known, depth)
    choices = [choice for key in ("anyOf", "oneOf") for choice in schema.get(key, ())]
    if choices:
        others = [choice for choice in choices if choice.get("type") != "null"]
        # An answer that may be either: what would be cleared, and the run after that is done.
        is_done = not name and known.get("dry_run") is False
        return make_value(others[-1 if is_done else 0], name, schemas, known, depth)
    if name in _FIELDS and schema.get("items", schema).get("type") == "string":
        return _FIELDS[name]
    if name in known and not isinstance(known[name], dict | list) and schema.get("type") != "boolean":
        if schema.get("type") != "integer":
            return known[name]
        return int(known[name]) if re.fullmatch(r"-?\d+", str(known[name])) else len(name)
    if "enum" in schema:
        return next((value for value in _PREFERRED if value in schema["enum"]), schema["enum"][0])
    if schema.get("type") == "array":
        if depth > _DEPTH:
            return []
        items = [make_value(schema.get("items", {}), name, schemas, known, depth + 1) for _ in range(_ROWS)]
        return [renumber(item, number) for number, item in enumerate(items)]
    if "properties" in schema:
        if depth > _DEPTH:
            return None
        return {
            key: make_value(part, key, schemas, known, depth + 1)
            for key, part in schema["properties"].items()
        }
    return _plain(schema, name)


def _plain(schema: dict[str, Any], name: str) -> Any:
    kind, form = schema.get("type"), schema.get("format")
    if kind == "string" or kind is None:
        if form == "date-time" or name.endswith(("_at", "_date", "_after")):
            return f"{DAY}T06:0{'5' if 'end' in name else '0'}:00Z"
        return {"date": DAY, "uuid": UUID}.get(str(form), f"a {name}")
    return {"integer": len(name), "number": len(name) + 0.5, "boolean": False, "object": {"key": name}}.get(
        kind
    )


def renumber(item: Any, number: int) -> Any:
    """The second row of a list is another one than the first."""
    if number and isinstance(item, str):
        return f"{item} {number + 1}"
    if number and isinstance(item, dict):
        texts = [key for key, value in item.items() if isinstance(value, str) and value.startswith("a ")]
        return {**item, **{key: f"{item[key]} {number + 1}" for key in texts}}
    return item
