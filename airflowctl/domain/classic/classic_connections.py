"""`airflow connections ...`: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.errors import REFUSED, CliError, NotAllowed, NotFound
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_rows import SILENT, make_rows, read, read_items

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

_MASK = "***"


def show_connections(session: Session, values: Values, run: Run) -> Rows:
    """Return ids and types; with --show-values all fields, in the order in which they were made."""
    if values["hide_sensitive"] and not values["show_values"]:
        raise CliError("--hide-sensitive can only be used with --show-values")
    query = {"order_by": "id", "connection_id_pattern": values["pattern"]}
    if values["conn_id"]:
        items: Any = read_items(run())
    else:
        items = session.api.pages("get_connections", "connections", limit=values["limit"], query=query)
    if values["show_values"]:
        return make_rows([_all_fields(item, is_hidden=values["hide_sensitive"]) for item in items])
    return make_rows(
        [{"conn_id": read(item, "connection_id"), "conn_type": read(item, "conn_type")} for item in items]
    )


def show_connection(session: Session, values: Values, run: Run) -> Rows:
    """Return a list of the one connection, with all fields."""
    return make_rows([_all_fields(item) for item in read_items(run(uri=False))])


def _all_fields(item: Mapping[str, Any], *, is_hidden: bool = False) -> dict[str, Any]:
    """Return the fields of a connection. The API has no number of it, and does not say what is encrypted:
    these are None."""
    from airflowctl.core.connection import to_uri

    names = ("conn_type", "description", "host", "schema", "login", "password", "port")
    fields = {name: read(item, name) for name in names}
    extra = _extra(item)
    if is_hidden:
        fields["password"] = _MASK if fields["password"] else fields["password"]
    return {
        "id": None,
        "conn_id": read(item, "connection_id"),
        **fields,
        "is_encrypted": None,
        "is_extra_encrypted": None,
        "extra_dejson": _MASK if is_hidden and extra else extra,
        "get_uri": _mask_user(to_uri(item)) if is_hidden else to_uri(item),
    }


def _mask_user(uri: str) -> str:
    """`http://me:secret@host/db` -> `http://***:***@host/db`"""
    begin, mark, rest = uri.partition("://")
    netloc, slash, path = rest.partition("/")
    user, at, host = netloc.partition("@")
    return f"{begin}{mark}{_MASK}:{_MASK}@{host}{slash}{path}" if at and user else uri


def _extra(item: Mapping[str, Any]) -> Any:
    import json

    text = read(item, "extra")
    try:
        return json.loads(text) if isinstance(text, str) and text else text or {}
    except ValueError:
        return text


def add_connection(session: Session, values: Values, run: Run) -> Text:
    """Create a connection, and return its words and its table, which no -o changes."""
    from airflowctl.output.classic_layout import layout_table

    (item,) = read_items(run())
    row = {
        "conn_id": read(item, "connection_id"),
        **{name: read(item, name) for name in ("conn_type", "host", "login", "port")},
        "extra": _extra(item),
    }
    table = "".join(layout_table(list(row), [[str(value) for value in row.values()]]))
    return Text(f"Successfully added `conn_id`={row['conn_id']}\n{table}")


def delete_connection(session: Session, values: Values, run: Run) -> Text:
    """Delete a connection."""
    run()
    return Text(f"Successfully deleted connection with `conn_id`={values['conn_id']}")


def create_defaults(session: Session, values: Values, run: Run) -> Text:
    """Create the default connections, and print nothing."""
    run()
    return SILENT


def test_connection(session: Session, values: Values, run: Run) -> Text:
    """Test a connection; exit code 1 where it does not work."""
    begin = f"Retrieving connection: {values['conn_id']!r}\n"
    try:
        result = run()
    except NotFound:
        return Text(f"{begin}\nConnection not found.\n\n", code=REFUSED)
    except NotAllowed as error:
        session.output.note(error.message)
        return Text(
            "\nTesting connections is disabled in Airflow configuration. "
            "Contact your deployment admin to enable it.\n\n",
            code=REFUSED,
        )
    answer = result.data if isinstance(result, Text) and isinstance(result.data, dict) else {}
    if answer.get("status") is True:
        return Text(f"{begin}\nTesting...\n\nConnection success!\n\n")
    failed = f"\nConnection failed!\n{answer.get('message') or ''}\n\n"
    return Text(f"{begin}\nTesting...\n{failed}", code=REFUSED)
