"""Variables: values that Dags read."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import json_value, slashed_identifier
from airflowctl.core.effect import CHANGE, CREATES, DELETE, OVERWRITE, effect
from airflowctl.core.errors import NotFound, ServerRefused, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import file_params
from airflowctl.domain.crud import create_entity, drop_unset, render_deletion, set_entity
from airflowctl.domain.file_params import ImportValues
from airflowctl.domain.masks import is_masked
from airflowctl.domain.params import DRY_RUN, LIMIT, TEAM, by_reference, pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.domain.differences import Comparison
    from airflowctl.domain.import_items import Shape
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session

VARIABLE = names(
    "variable",
    op="get_variables",
    items="variables",
    key="key",
    search="variable_key_pattern",
    note=("description",),
)


KEY = arg("key", "The key.", complete="variable", convert=slashed_identifier, aliases=("--key",))
VALUE = arg("value", "The value.", secret="key", aliases=("--value",))
DESCRIPTION = opt("--description", help="The description; it stays as it is if not given.", metavar="TEXT")
IS_JSON = flag("-j", "--json", help="The value is JSON; it is checked and sent as such.")


def _load() -> tuple[Shape, Comparison]:
    from airflowctl.domain.comparisons import VARIABLE
    from airflowctl.domain.import_shapes import VARIABLES

    return VARIABLES, VARIABLE


def import_kind() -> Kind:
    from airflowctl.domain.bulk_store import bulk_kind

    return bulk_kind("variables", "key", _load, path="variable_key", change="update", prefix="AIRFLOW_VAR_")


@command(
    "variables list",
    "List the variables; the server masks the values of keys that sound secret.",
    pattern("keys"),
    LIMIT,
    flag(
        "--show-values",
        help="Accepted: values are always shown, as the server sends them.",
        unsupported=True,
    ),
    flag("--hide-sensitive", help="Show *** for every value."),
    op="get_variables",
    classic="classic_variables:show_variables",
    examples=("airflowctl variables list --pattern etl",),
)
def list_variables(
    session: Session, pattern: str | None, limit: int | None, show_values: bool, hide_sensitive: bool
) -> Rows:
    query = {"order_by": "key", "variable_key_pattern": pattern}
    items = session.api.pages("get_variables", "variables", limit=limit, query=query)
    rows = ({**item, "value": "***"} for item in items) if hide_sensitive else _note_masks(session, items)
    return Rows(rows, ("key", "value", "description"), "key")


def _note_masks(session: Session, items: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield variables; a program that gets them as data is warned of masks, which a user sees."""
    masked = []
    is_data = session.output.format.is_document or session.output.format.has_json_errors
    for item in items:
        # A list prints whatever has come, also a value of another type: it is not read as one here.
        if is_data and is_masked(dict.get(item, "value")):
            masked.append(str(dict.get(item, "key")))
        yield item
    if masked:
        from airflowctl.core.wording import format_list

        session.output.note(
            f"the server masks the values of {format_list(masked)}: *** is not what Dags read"
        )


@command(
    "variables get",
    "Print the value of a variable; with -o the whole record.",
    KEY,
    flag("-j", "--json", help="Print the value as indented JSON."),
    opt("-d", "--default", help="Print this if there is no such variable.", metavar="VALUE"),
    op="get_variable",
    classic="classic_variables:get_variable",
    examples=(
        "airflowctl variables get etl_limit",
        "airflowctl variables get etl_limits --json",
    ),
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
        raise session.api.unexpected_response("get_variable", "with a value that is no text")
    if is_masked(value):
        session.output.note(f"the server masks the value of {key}: *** is not what Dags read")
    return Text(_tidy(key, value) if json else value, record)


@command(
    "variables set",
    "Create a variable, or change its value.",
    KEY,
    *by_reference(VALUE),
    DESCRIPTION,
    IS_JSON,
    effect=effect(CHANGE, "variable", "key", repeatable=True),
    op="patch_variable",
    undo=undo.VARIABLE,
    uses=("post_variable",),
    invalidates=("variable",),
    classic="classic_variables:set_variable",
    form="variable_form:fill_variable",
    examples=(
        "airflowctl variables set etl_limit 100 --description 'rows a run'",
        "airflowctl variables set etl_limits '{\"rows\": 100}' --json",
    ),
)
def set_value(session: Session, key: str, value: str, description: str | None, json: bool) -> Text:
    from airflowctl.api.models import VariableBody

    _refuse_mask(key, value)
    body = VariableBody(key=key, value=_parse(value) if json else value)
    if description is not None:
        body.description = description
    fields = body.to_json()
    mask = tuple(name for name in fields if name != "key")
    query = {"update_mask": mask}
    result, record = set_entity(
        session,
        lambda: session.api.record("patch_variable", "key", query=query, body=fields, variable_key=key),
        lambda: session.api.record("post_variable", "key", body=fields),
    )
    return Text(f"{result} {key}", record)


@command(
    "variables create",
    "Create a variable; refused if one of this key exists.",
    KEY._replace(complete=""),
    *by_reference(VALUE),
    DESCRIPTION,
    IS_JSON,
    TEAM,
    effect=CREATES,
    op="post_variable",
    undo=undo.VARIABLE,
    invalidates=("variable",),
    form="variable_form:fill_variable",
    examples=("airflowctl variables create etl_limit 100",),
)
def create(
    session: Session, key: str, value: str, description: str | None, json: bool, team_name: str | None
) -> Record:
    _refuse_mask(key, value)
    body = drop_unset(key=key, value=value, description=description, team_name=team_name)
    if json:
        body["value"] = _parse(value)
    return Record(create_entity(session, "variable", "key", body), "key")


@command(
    "variables update",
    "Change only the given fields of a variable.",
    KEY,
    *by_reference(VALUE._replace(help="The new value.", required=False)),
    DESCRIPTION,
    IS_JSON,
    TEAM,
    effect=effect(CHANGE, "variable", "key", repeatable=True),
    op="patch_variable",
    undo=undo.VARIABLE,
    uses=("get_variable",),
    invalidates=("variable",),
    examples=("airflowctl variables update etl_limit 200",),
)
def update(
    session: Session,
    key: str,
    value: str | None,
    description: str | None,
    json: bool,
    team_name: str | None,
) -> Record:
    fields = drop_unset(description=description, team_name=team_name)
    if value is not None:
        _refuse_mask(key, value)
        fields["value"] = _parse(value) if json else value
    if not fields:
        raise UsageError("nothing to change is named", "give a value or --description")
    # The server wants a value also where the mask leaves it out; it is not looked at.
    body = {"key": key, "value": "", **fields}
    query = {"update_mask": tuple(fields)}
    return Record(
        session.api.record("patch_variable", "key", query=query, body=body, variable_key=key), "key"
    )


@command(
    "variables delete",
    "Delete a variable.",
    KEY,
    DRY_RUN,
    effect=effect(DELETE, "variable", "key", repeatable=True),
    op="delete_variable",
    undo=undo.VARIABLE,
    uses=("get_variable",),
    invalidates=("variable",),
    classic="classic_variables:delete_variable",
    examples=("airflowctl variables delete etl_limit",),
)
def delete(session: Session, key: str, dry_run: bool) -> Text:
    session.api.call("get_variable" if dry_run else "delete_variable", variable_key=key)
    return render_deletion(key, dry_run)


def _check(session: Session, values: Mapping[str, Any]) -> None:
    from airflowctl.domain.bulk import check_source

    check_source(session, import_kind(), values)


@command(
    "variables import",
    "Import variables from a file: only differences are sent, and nothing if the file has an error.",
    file_params.FROM._replace(reads=_check),
    file_params.existing("overwrite"),
    file_params.FILE_FORMAT,
    *file_params.OPTIONS,
    effect=effect(
        OVERWRITE, "variable", judge=file_params.overwrites("overwrite"), in_handler=True, repeatable=True
    ),
    op="bulk_variables",
    undo=undo.VARIABLE,
    uses=("get_variables", "get_variable"),
    invalidates=("variable",),
    about='The file is {"KEY": VALUE, ...} or {"KEY": {"value": VALUE, "description": TEXT}, ...}, in'
    " JSON or YAML, or KEY=VALUE lines (.env). A value that is not text is stored as JSON. A ***"
    " is refused: it is the server's mask, and would become the value. With --dry-run, exit 6 if"
    " something would change.",
    classic="classic_files:import_variables",
    examples=("airflowctl variables import variables.json",),
)
def import_variables(session: Session, values: ImportValues) -> Rows:
    from airflowctl.domain.bulk import run_import

    values = file_params.settle_action(values, "overwrite")
    return run_import(session, import_kind(), values, "variables import")


@command(
    "variables export",
    "Write variables to a file, as variables import reads it.",
    file_params.TO,
    *file_params.chosen_names("variable", "keys"),
    file_params.FILE_FORMAT,
    file_params.MASKED,
    file_params.TEMPLATE,
    op="get_variables",
    about="The server masks the values of keys that sound secret: they are *** in the file, and a"
    " warning names them. The file is no backup. Only this user can read the file. An existing"
    " file is replaced only when the new one is complete.",
    classic="classic_files:export_variables",
    examples=(
        "airflowctl variables export variables.json",
        "airflowctl variables export etl.yaml --pattern etl --masked omit",
    ),
)
def export_variables(
    session: Session,
    file: str,
    names: tuple[str, ...],
    pattern: str | None,
    file_format: str | None,
    masked: str | None,
    secrets_template: str | None,
) -> Text:
    from airflowctl.domain.export_files import Choice, Export, choose, write_export

    query = {"order_by": "key", "variable_key_pattern": pattern}
    records = {
        item["key"]: _record(item) for item in session.api.pages("get_variables", "variables", query=query)
    }
    export = Export(
        "variables",
        choose(records, names, "variables"),
        ("json", "yaml", "env"),
        render_env=_lines,
        omit=lambda record: None if is_masked(record) else record,
        find_lost=lambda record: sorted(set(_envelope(record)) - {"value"}),
    )
    choice = Choice(file, file_format, masked, secrets_template)
    return write_export(session, export, choice)


def _record(item: Any) -> Any:
    """Return a variable as the classic file has it; in an envelope where there is more than a value."""
    value = _read(item.get("value"))
    more = drop_unset(team_name=item.get("team_name"))
    description = item.get("description")
    if description or more or (isinstance(value, dict) and "value" in value):
        return {"value": value, "description": description, **more}
    return value


def _envelope(record: Any) -> dict[str, Any]:
    """Return what a file says of a variable besides its value; an envelope has nothing but these fields."""
    from airflowctl.domain.import_shapes import is_envelope

    return {name: item for name, item in record.items() if item} if is_envelope(record) else {}


def _lines(records: Mapping[str, Any]) -> str:
    from airflowctl.domain.env_text import render_line

    return "".join(render_line(key, _text(record)) for key, record in records.items())


def _read(value: Any) -> Any:
    """Return a value as the classic file has it: parsed where it is JSON and no string."""
    try:
        result = json_value(value)
    except (TypeError, ValueError):
        return value
    return value if isinstance(result, str) else result


def _text(record: Any) -> str:
    from json import dumps

    from airflowctl.domain.import_shapes import is_envelope

    value = record["value"] if is_envelope(record) else record
    return value if isinstance(value, str) else dumps(value, ensure_ascii=False)


def _refuse_mask(key: str, value: str) -> None:
    if is_masked(value):
        raise UsageError(f"the value of {key} holds ***, the server's mask", "give the value itself")


def _parse(value: str) -> Any:
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
