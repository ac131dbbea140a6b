"""What a raw request does to what the server holds, by its method and by what is known of it."""

from __future__ import annotations

from airflowctl.core.effect import CLEAR, DELETE, NOTHING, OVERWRITE
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# A POST may create, clear or trigger: the shell asks, a script does not.
_BY_METHOD = {"POST": CLEAR, "PUT": OVERWRITE, "PATCH": OVERWRITE, "DELETE": DELETE}
_TRIALS = ("test_connection", "enqueue_connection_test")


def kind_of(name: str, method: str, body: Any) -> str:
    """Return the kind of effect of a request; `name` is its operation, empty for one that is not known.
    Lists that are asked for by POST and dry runs change nothing."""
    from airflowctl.api.request import ApiRequest

    is_change = ApiRequest(method, "", {}, body, {}, name, "").is_change and name not in _TRIALS
    if not is_change:
        return NOTHING
    return _BY_METHOD.get(method, NOTHING)


def kind_of_line(values: Mapping[str, Any]) -> str:
    """Return the same of a line that was not looked at by the server yet. An id that only the server
    knows is judged when it has told what it is, before it is called."""
    from airflowctl.api import raw
    from airflowctl.api.operations import table

    word, fields = values["operation"], values["fields"]
    method = word.upper()
    if method not in METHODS:
        operation = table().get(word)
        return kind_of(word, operation.method if operation else "", _body(values))
    path = fields[0] if fields else ""
    name = raw.find_by_route(method, path).name if path.startswith("/") else ""
    return kind_of(name, method, _body(values))


def _body(values: Mapping[str, Any]) -> Any:
    """Return the body as far as the line itself says it: `dry_run` by a field, or in a body that is written
    out."""
    if "dry_run:=true" in values["fields"]:
        return {"dry_run": True}
    from airflowctl.core.converters import json_value

    try:
        return json_value(values["body"] or "null")
    except ValueError:
        return None  # a file, standard input, or nothing that can be sent
