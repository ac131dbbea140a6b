"""Variables: values that Dags read."""

from __future__ import annotations

from airflowctl.core.command import arg, command, flag, names, opt, pattern, sounds_secret
from airflowctl.core.errors import NotFound, ServerRefused
from airflowctl.core.result import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import json_value, slashed_identifier, whole_number

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session import Session

VARIABLE = names(
    "variable",
    op="get_variables",
    items="variables",
    key="key",
    search="variable_key_pattern",
    note=("description",),
)


KEY = arg("key", "Its key.", complete="variable", convert=slashed_identifier)


@command(
    "variables list",
    "List the variables; values of secret-sounding keys come masked from the server.",
    pattern("keys"),
    opt("--limit", help="At most this many.", convert=whole_number, metavar="N"),
    op="get_variables",
)
def list_variables(session: Session, pattern: str | None, limit: int | None) -> Rows:
    query = {"order_by": "key", "variable_key_pattern": pattern}
    items = session.api.pages("get_variables", "variables", limit=limit, query=query)
    return Rows(items, ("key", "value", "description"), "key")


@command(
    "variables get",
    "Print the value of a variable; with -o the whole record.",
    KEY,
    flag("-j", "--json", help="The value is JSON: print it tidily."),
    opt("-d", "--default", help="Print this when there is no such variable.", metavar="VALUE"),
    op="get_variable",
)
def get(session: Session, key: str, json: bool, default: str | None) -> Text:
    try:
        record = session.api.record("get_variable", "key", variable_key=key)
    except NotFound:
        if default is None:
            raise
        record = {"key": key, "value": default}
    value = "" if record.get("value") is None else record["value"]
    if not isinstance(value, str):
        raise session.api.odd("get_variable", "with a value that is no text")
    if value == "***" and sounds_secret(key):
        session.output.note(f"the server masks the value of {key}: *** is not what Dags read")
    return Text(_tidy(key, value) if json else value, record)


@command(
    "variables set",
    "Create a variable, or change its value.",
    KEY,
    arg("value", "Its value.", secret="key"),
    opt("--description", help="What it is for. Not given: the description stays as it is.", metavar="TEXT"),
    flag("-j", "--json", help="The value is JSON; it is checked and sent as such."),
    op="patch_variable",
    changes=("variable",),
)
def set_value(session: Session, key: str, value: str, description: str | None, json: bool) -> Text:
    from airflowctl.api.models import VariableBody

    body = VariableBody(key=key, value=_parsed(value) if json else value)
    if description is not None:
        body.description = description
    fields = body.named()
    mask = tuple(name for name in fields if name != "key")
    try:
        query = {"update_mask": mask}
        record = session.api.record("patch_variable", "key", query=query, body=fields, variable_key=key)
        return Text(f"changed {key}", record)
    except NotFound:
        return Text(f"created {key}", session.api.record("post_variable", "key", body=fields))


@command(
    "variables delete",
    "Delete a variable.",
    KEY,
    op="delete_variable",
    changes=("variable",),
)
def delete(session: Session, key: str) -> Text:
    session.api.call("delete_variable", variable_key=key)
    return Text(f"deleted {key}", {"deleted": key})


def _parsed(value: str) -> Any:
    from airflowctl.core.errors import UsageError

    try:
        return json_value(value)
    except ValueError as error:
        raise UsageError(f"VALUE: {error}") from None


def _tidy(key: str, value: str) -> str:
    from json import dumps

    try:
        return dumps(json_value(value), ensure_ascii=False, indent=2)
    except ValueError:
        raise ServerRefused(f"the value of {key} is not JSON", "leave out --json") from None
