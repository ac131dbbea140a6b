"""`airflow variables ...`: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NotFound, ServerRefused
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_rows import make_rows, read

if TYPE_CHECKING:
    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session


def show_variables(session: Session, values: Values, run: Run) -> Rows:
    """Return the keys; with --show-values the values too, in the order in which they were made."""
    if values["hide_sensitive"] and not values["show_values"]:
        raise CliError("--hide-sensitive can only be used with --show-values")
    order = "id" if values["show_values"] else "key"
    query = {"order_by": order, "variable_key_pattern": values["pattern"]}
    items = session.api.pages("get_variables", "variables", limit=values["limit"], query=query)
    if not values["show_values"]:
        return make_rows([{"key": read(item, "key")} for item in items])
    rows = []
    for item in items:
        value = "***" if values["hide_sensitive"] else read(item, "value")
        rows.append({"key": read(item, "key"), "val": "" if value is None else value})
    return make_rows(rows)


def get_variable(session: Session, values: Values, run: Run) -> Text:
    """Return the value; of JSON the object as Python writes it."""
    result = run(json=False)
    text = result.text if isinstance(result, Text) else ""
    if not values["json"]:
        return Text(text or "\n")
    import json

    try:
        return Text(str(json.loads(text)))
    except ValueError as error:
        if text == values["default"]:  # which the classic command prints as it is
            return Text(text)
        raise ServerRefused(str(error)) from None


def set_variable(session: Session, values: Values, run: Run) -> Text:
    """Create a variable, or change it. A description that the line does not give is cleared; with --json the
    value becomes a text of JSON, whatever is in it."""
    if values["json"]:
        import json

        result = run(value=json.dumps(values["value"], indent=2), json=False)
    else:
        result = run()
    record = result.data if isinstance(result, Text) and isinstance(result.data, dict) else {}
    if values["description"] is None and record.get("description"):
        body = {"key": values["key"], "value": record["value"], "description": None}
        query = {"update_mask": ("description",)}
        session.api.record("patch_variable", "key", query=query, body=body, variable_key=values["key"])
    return Text(f"Variable {values['key']} created")


def delete_variable(session: Session, values: Values, run: Run) -> Text:
    """Delete a variable; that there is none is no error."""
    try:
        run()
    except NotFound:
        session.output.note(f"there is no variable {values['key']}")
    return Text(f"Variable {values['key']} deleted")
