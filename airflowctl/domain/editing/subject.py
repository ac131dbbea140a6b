"""What can be edited: how each kind of thing is read, shown as fields, and sent."""

from __future__ import annotations

from airflowctl.core.errors import Conflict
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.differences import CHANGE, Comparison, is_same_text
from airflowctl.domain.import_items import FieldError, boolean_or_none, check_fields, text_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from airflowctl.domain.differences import Difference
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session

Fields = dict[str, "Any"]


class Subject(NamedTuple):
    """One thing that is edited. `fetch` returns it as the server has it, `render` the fields that the user
    sees, `read` those that the user has typed, and raises FieldError; `compare_by` is how both are compared,
    and `send` sends a difference. `hint` is for the user, in the file."""

    noun: str
    name: str
    fetch: Callable[[], Mapping[str, Any]]
    render: Callable[[Mapping[str, Any]], Fields]
    read: Callable[[Fields], Fields]
    compare_by: Comparison
    send: Callable[[Difference], object]
    hint: str = ""


def connection(session: Session, name: str, kind: Kind) -> Subject:
    shape, comparison = kind.load()
    return Subject(
        "connection",
        name,
        lambda: session.api.record("get_connection", "connection_id", connection_id=name),
        _render_connection,
        lambda fields: shape.read(name, fields),
        comparison,
        lambda difference: _send_in_bulk(session, kind, difference),
        "*** keeps the secret that is stored; another text in its place replaces it.",
    )


def _render_connection(item: Mapping[str, Any]) -> Fields:
    from json import loads

    from airflowctl.domain.connections.connection_fields import as_record

    fields = as_record(item)
    # An object is edited as YAML like all else; any other text stays the text that it is.
    try:
        extra = loads(fields.get("extra") or "null")
    except ValueError:
        return fields
    return {**fields, "extra": extra} if isinstance(extra, dict) else fields


def variable(session: Session, name: str, kind: Kind) -> Subject:
    comparison = kind.load()[1]
    return Subject(
        "variable",
        name,
        lambda: session.api.record("get_variable", "key", variable_key=name),
        _render_variable,
        _read_variable,
        # The import's comparison would send all fields, the value that is not known among them.
        comparison._replace(build=lambda fields, changed, current: {part: fields[part] for part in changed}),
        lambda difference: _send_variable(session, difference),
        "A value that the server masks is left out, and kept; a line `value: ...` replaces it.",
    )


def _render_variable(item: Mapping[str, Any]) -> Fields:
    from airflowctl.domain.masks import is_masked

    # The API takes *** for a new value, so a masked one must not be in the file at all.
    value = {} if is_masked(item.get("value")) else {"value": item.get("value")}
    team = {"team_name": item["team_name"]} if item.get("team_name") else {}
    return {**value, "description": item.get("description"), **team}


def _read_variable(fields: Fields) -> Fields:
    from airflowctl.domain.import_shapes import as_stored

    checks = {"value": _check_value, "description": text_or_none, "team_name": text_or_none}
    result = check_fields(fields, checks)
    return {**result, "value": as_stored(result["value"])} if "value" in result else result


def _check_value(value: Any) -> Any:
    """Return a text, or what is kept as JSON. A number without quotes may not come back as it was typed."""
    if not isinstance(value, (str, dict, list)):
        raise ValueError("must be text: write it in quotes")
    return value


def _send_variable(session: Session, difference: Difference) -> None:
    # A bulk request wants the value, which is not known where the server masks it.
    body = {"value": "", **difference.entity}
    query = {"update_mask": difference.fields}
    session.api.call("patch_variable", query=query, body=body, variable_key=difference.name)


def pool(session: Session, name: str, kind: Kind) -> Subject:
    shape, comparison = kind.load()
    # The other fields of a pool are counts.
    names = ("slots", "description", "include_deferred", "team_name")
    return Subject(
        "pool",
        name,
        lambda: session.api.record("get_pool", "name", pool_name=name),
        lambda item: {part: item.get(part) for part in names if part != "team_name" or item.get(part)},
        lambda fields: shape.read(name, fields),
        comparison,
        lambda difference: _send_pool(session, difference),
    )


def _send_pool(session: Session, difference: Difference) -> None:
    body = {"pool" if part == "name" else part: value for part, value in difference.entity.items()}
    if difference.name == "default_pool":  # of which the server takes no other field
        body = {part: body[part] for part in difference.fields}
    query = {"update_mask": difference.fields}
    session.api.call("patch_pool", query=query, body=body, pool_name=difference.name)


def dag(session: Session, name: str) -> Subject:
    return Subject(
        "Dag",
        name,
        lambda: session.api.record("get_dag", "dag_id", dag_id=name),
        lambda item: {"is_paused": item.get("is_paused")},
        _read_dag,
        _DAG,
        lambda difference: session.api.call("patch_dag", body=difference.after, dag_id=name),
        "The API changes nothing else of a Dag: all else is in its file.",
    )


def _read_dag(fields: Fields) -> Fields:
    result = check_fields(fields, {"is_paused": boolean_or_none})
    # For imports null is a value like others; a Dag is paused or not.
    if result.get("is_paused", True) is None:
        raise FieldError("must be true or false", "is_paused")
    return result


_DAG = Comparison(
    "dag_id",
    lambda current: {},
    lambda field, wanted, current: is_same_text(wanted, current),
    lambda wanted, current, has_literal_stars: (dict(wanted), ()),
    lambda fields, changed, current: {part: fields[part] for part in changed},
)


def _send_in_bulk(session: Session, kind: Kind, difference: Difference) -> None:
    """Send a change by the request of imports, in which the server puts stored secrets in the place of ***.
    Raises Conflict."""
    from airflowctl.domain.file_params import ImportValues

    store = kind.open(session, ImportValues("", "overwrite", None, partial=False, dry_run=False))
    for problem in store.send(CHANGE, [difference]).errors:
        raise Conflict(f"{difference.name}: {problem.get('error')}")
