"""`api call`: finds the operation that a user names, puts fields into their places, reads the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

import httpx

from airflowctl.api.answer_reader import OddAnswer, parse
from airflowctl.api.client import Client
from airflowctl.api.list_pager import PAGE, Page, Position, Source, read_chunks, read_count
from airflowctl.api.openapi_document import METHODS, operations
from airflowctl.api.operations import Operation, table
from airflowctl.api.server_errors import not_airflow
from airflowctl.core.errors import CliError, UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.url import fill, has_dot_segment, parse_address

DOCUMENT = "/openapi.json"
SEARCH = suggest("api", "list", "--search", "WORD")
_PART = re.compile(r"{([^{}]+)}")
# The characters that a path may hold as they are: a user who types `%2F` means it.
_ID_SAFE = "/%:@!$&'()*+,;=~-._"


class Field(NamedTuple):
    """`key=value`: a text; `key:=json`: any JSON."""

    key: str
    value: Any


class Target(NamedTuple):
    """What is called. `operation` has no facts (`is_known` is False) for a path that no document
    describes."""

    name: str
    operation: Operation
    is_known: bool = True


class Request(NamedTuple):
    """What is sent."""

    target: Target
    path: str
    query: dict[str, Any]
    body: Any


def find_by_id(client: Client, name: str) -> Target:
    """Return the operation of this id: of those we know, else of the server's own documents."""
    if name in table():
        return Target(name, table()[name])
    server_operations = fetch_operations(client)
    if name in server_operations:
        return Target(name, _check_path(client, name, server_operations[name]))
    hint = did_you_mean(name, (*table(), *server_operations)) or f"see: {SEARCH}"
    raise UsageError(f"there is no operation '{name}'", hint)


def _check_path(client: Client, name: str, operation: Operation) -> Operation:
    """Raise NotAirflow for an operation whose path, in the server's own document, leads to another place."""
    # A document of the server could lead a token elsewhere by a path with `..` (decision 0013).
    problem = find_stray(operation.path)
    if not problem:
        return operation
    fault = f"has a document in which the path of {name}, '{operation.path}', leads elsewhere"
    refusal = not_airflow(client.base_url, f"{fault} ({problem}): nothing was sent there")
    refusal.hint = "ask who runs this server: its document is damaged, or not its own"
    raise refusal


def find_stray(path: str) -> str:
    """Return why a path of a document leads out of the server that sent it; empty where it stays within."""
    if not path.startswith("/"):
        return "it does not begin with '/'"
    try:
        parse_address("http://localhost" + quote(path, safe=_ID_SAFE))
    except ValueError as error:
        return str(error)
    return ""


def find_by_route(method: str, path: str) -> Target:
    """Return the operation of a method and a path. Paths that we do not know are sent as they are."""
    if not path.startswith("/"):
        raise UsageError(f"'{path}' is no path of the server", "write it like /api/v2/pools")
    route = path.partition("?")[0]
    matches = [
        (len(_PART.findall(candidate.path)), name, candidate)
        for name, candidate in table().items()
        if candidate.method == method
        and (route == candidate.path or _pattern(candidate.path).fullmatch(route))
    ]
    if not matches:
        return Target("", Operation(method, path, {}, False, "", ""), is_known=False)
    # `/dags/reports` before `/dags/{dag_id}`: a part that is written out is the better match.
    _, name, operation = min(matches)
    return Target(name, operation._replace(path=path))


def _pattern(path: str) -> re.Pattern[str]:
    parts = _PART.split(path)
    return re.compile("".join("[^/]+" if index % 2 else re.escape(part) for index, part in enumerate(parts)))


def fetch_operations(client: Client) -> dict[str, Operation]:
    """Return the operations of the server's own documents, those of plug-ins included. All may need a
    login."""
    found_operations = _read_operations(client, DOCUMENT)
    for prefix in _plugin_prefixes(client):
        try:
            others = _read_operations(client, prefix + DOCUMENT)
        except CliError:  # it has none
            continue
        for name, operation in others.items():
            found_operations.setdefault(name, operation._replace(path=prefix + operation.path))
    # Whether an operation needs no login is taken only from our own table, never from the server's word.
    return {name: operation._replace(open=False) for name, operation in found_operations.items()}


def _read_operations(client: Client, path: str) -> dict[str, Operation]:
    document = client.document(path)
    try:
        document["paths"].items()  # without any path it is no description of an API
        return operations(document)
    except (AttributeError, KeyError, TypeError, RecursionError, OddAnswer):
        raise not_airflow(client.base_url, f"answered {path} with no OpenAPI document") from None


def _plugin_prefixes(client: Client) -> list[str]:
    try:
        plugins = list(client.pages("get_plugins", "plugins"))
    except CliError:  # this user may not see them
        return []
    # A plug-in's own list is from the server, and may hold anything.
    apps = [app for plugin in plugins for app in plugin.get("fastapi_apps") or () if isinstance(app, dict)]
    prefixes = (str(app.get("url_prefix") or "").rstrip("/") for app in apps)
    return [prefix for prefix in prefixes if prefix.startswith("/") and not has_dot_segment(prefix)]


def parse_fields(texts: Iterable[str], json_value: Any) -> list[Field]:
    """Parse `key=value` and `key:=json`, in order. Raises UsageError without the value: it may be a
    secret."""
    parsed = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.rstrip(":"):
            # A word with other characters in it may be a value whose key was forgotten.
            label = f"'{text}'" if text.isidentifier() else "a field"
            raise UsageError(f"{label} has no value", "write fields as key=text or key:=json")
        if not key.endswith(":"):
            parsed.append(Field(key, value))
            continue
        try:
            parsed.append(Field(key[:-1], json_value(value)))
        except ValueError as error:
            raise UsageError(f"{key}= {error}", "key=value is a text") from None
    return parsed


def build_request(target: Target, typed_fields: Iterable[Field], body: Any, has_body: bool) -> Request:
    """Put each field where the operation has it: in the path, in the query or in the body."""
    path, _, rest = target.operation.path.partition("?")
    operation = target.operation._replace(path=path)
    values: dict[str, str] = {}
    query: dict[str, Any] = {}
    inner: dict[str, Any] = {}
    query_fields = [Field(*pair) for pair in parse_qsl(rest, keep_blank_values=True)]
    for field in (*query_fields, *typed_fields):
        location = (
            "query"
            if field in query_fields and not target.is_known
            else _location(target, operation, field.key)
        )
        if location == "path":
            _set_once(values, field.key, str(field.value))
        elif location == "query":
            query[field.key] = _append(query.get(field.key), field.value)
        else:
            _set_once(inner, field.key, field.value)
    missing = [name for name in _PART.findall(path) if name not in values]
    if missing:
        ways = " ".join(f"{name}=..." for name in missing)
        raise UsageError(f"{target.name or path} needs {', '.join(missing)}", f"add: {ways}")
    filled_path = fill(path, values) if values else quote(path, safe=_ID_SAFE)
    return Request(target, filled_path, query, _merge(body, has_body, inner))


def _location(target: Target, operation: Operation, key: str) -> str:
    parts = _PART.findall(operation.path)
    if key in parts:
        return "path"
    if not target.is_known:
        return "query" if operation.method in ("GET", "DELETE") else "body"
    if key in operation.query:
        return "query"
    if key in operation.body:
        return "body"
    known = (*parts, *operation.query, *operation.body)
    has = f"it has: {', '.join(known)}" if known else "it takes none"
    raise UsageError(f"{target.name} has no field '{key}'", did_you_mean(key, known) or has)


def _set_once(into: dict[str, Any], key: str, value: Any) -> None:
    # The last one would win, and which one that is depends on the order in a script's line.
    if key in into:
        raise UsageError(f"{key} is given twice", "for a list: " + key + ":='[...]'")
    into[key] = value


def _append(before: Any, value: Any) -> Any:
    """Return the value of a query field: given again it becomes a list."""
    if before is None:
        return value
    return [*(before if isinstance(before, list) else [before]), value]


def _merge(body: Any, has_body: bool, inner: dict[str, Any]) -> Any:
    if not has_body:
        return inner or None
    if inner and not isinstance(body, dict):
        raise UsageError("fields cannot be added to a body that is no JSON object")
    return {**body, **inner} if inner else body


# The answer.


class Reply(NamedTuple):
    """What came: JSON, or the text of something else."""

    body: Any
    is_json: bool


def send(client: Client, request: Request, on_response: Any = None) -> Reply:
    """Send a request once. Raises UsageError, before anything is sent, where the server is too old for it."""
    target, operation = request.target, request.target.operation
    if target.is_known:
        body = (
            [name for name in request.body if name in operation.body]
            if isinstance(request.body, dict)
            else []
        )
        query = [name for name in request.query if name in operation.query]
        # An older server passes over a query parameter that it does not know, and answers as without it.
        client.require(operation.needs(query, body), target.name, operation.until)
    with client.plugin_errors(operation):
        response = client.exchange(
            operation.method,
            request.path,
            query=request.query,
            body=request.body,
            token="" if operation.open else None,
            operation=target.name,
            on_response=on_response,
        )
        return _read(client, response, f"{operation.method} {request.path}")


def _read(client: Client, response: httpx.Response, request: str) -> Reply:
    kind = response.headers.get("content-type", "").partition(";")[0]
    if kind == "text/html":  # the web interface answers every path that is not of the API
        raise not_airflow(client.base_url, f"answered {request} with text/html: a page, no API")
    try:
        return (
            Reply(parse(response.content), True) if response.content and "json" in kind else _text(response)
        )
    except (ValueError, RecursionError):
        return _text(response)


def _text(response: httpx.Response) -> Reply:
    return Reply(response.text, False)


def list_key(body: Any) -> str:
    """Return the field of an answer that holds its list; empty where there is none, or more than one."""
    # Of two lists neither is surely the one that has pages.
    lists = [key for key, value in body.items() if _is_rows(value)] if isinstance(body, dict) else []
    return lists[0] if len(lists) == 1 else ""


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def all_pages(
    client: Client, request: Request, on_response: Any = None
) -> Iterator[tuple[str, Any, list[Any]]]:
    """Yield every page of a list, with the key of its list and its rows; as long as the server sends them."""
    name, operation = request.target.name or request.path, request.target.operation
    if operation.method != "GET" or "offset" not in operation.query:
        raise UsageError(f"{name} has no pages", "leave out --paginate")
    # The pages before would be missing from what looks like the whole list.
    if "offset" in request.query or "cursor" in request.query:
        raise UsageError("--paginate starts at the beginning", "leave out offset and cursor")
    key = ""

    def fetch(position: Position) -> Page:
        nonlocal key
        size = request.query.get("limit", position.limit)
        page = request._replace(query={**request.query, "limit": size, "offset": position.offset})
        body = send(client, page, on_response).body
        key = list_key(body) or key
        if not isinstance(body, dict) or not _is_rows(body.get(key)):
            raise (
                client.unexpected_response(name, "without a list")
                if name in table()
                else UsageError(f"{name} is no list")
            )
        return Page(body[key], read_count(body.get("total_entries")), body=body)

    def page_error(problem: str) -> CliError:
        answered = f"answered {name} {problem}"
        return (
            client.unexpected_response(name, problem)
            if name in table()
            else not_airflow(client.base_url, answered)
        )

    for chunk in read_chunks(Source(fetch, page_error, client.note, _page_size(request)), ""):
        yield key, chunk.page.body, chunk.rows


def _page_size(request: Request) -> int:
    """Return the number of rows of a page, as far as the limit that the user typed is a number."""
    text = str(request.query.get("limit", PAGE))
    return int(text) if text.isdecimal() else PAGE


def list_fields(operation: Operation) -> tuple[tuple[str, str], ...]:
    """Return all fields of an operation with what they are, for completion."""
    parts = [(name, "path") for name in _PART.findall(operation.path)]
    return (*parts, *operation.query.items(), *((name, "body") for name in operation.body))


def methods() -> tuple[str, ...]:
    return tuple(method.upper() for method in METHODS)
