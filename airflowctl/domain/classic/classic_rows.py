"""Rows as the classic command has them: its names of fields, its order, its way to write a time."""

from __future__ import annotations

from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session

    Run = Callable[..., Result]
    Values = Mapping[str, Any]
    Items = list[dict[str, Any]]

SILENT = Text("")  # of commands that print nothing


def read_items(result: Result) -> Items:
    """Return the objects of a result: those of a list, or a record alone."""
    if isinstance(result, Rows):
        return [dict(item) for item in result.items]
    return [dict(result.item)] if isinstance(result, Record) else []


def rename(items: Iterable[Mapping[str, Any]], columns: tuple[str, ...], code: int = 0) -> Rows:
    """Return rows with these columns: a name, or the classic one and ours, `run_id=dag_run_id`."""
    pairs = [(theirs, ours or theirs) for theirs, _, ours in (column.partition("=") for column in columns)]
    rows = [{theirs: read(item, ours) for theirs, ours in pairs} for item in items]
    return make_rows(rows, code)


def make_rows(items: Items, code: int = 0) -> Rows:
    """Return rows with the columns of the first of them."""
    columns = tuple(items[0]) if items else ()
    return Rows(items, columns, columns[0] if columns else "", code=code)


def list_properties(item: Mapping[str, Any], session: Session) -> Rows:
    """Return a record as the classic command shows it: a row a field in a table, else a list of one."""
    if session.options.output in (None, "table", "plain"):
        names = ({"property_name": name, "property_value": read(item, name)} for name in item)
        return make_rows(list(names))
    return make_rows([dict(item)])


def read(item: Mapping[str, Any], name: str) -> Any:
    """Return a field as the server sent it; None where there is none."""
    return dict.get(item, name) if isinstance(item, dict) else item.get(name)


def iso_time(text: str | None) -> str:
    """Return a time with `+00:00` in place of `Z`; nothing for none."""
    return f"{text[:-1]}+00:00" if text and text.endswith("Z") else text or ""


def spaced_time(text: str | None) -> str | None:
    """Return a time as Python writes it, with a blank before the hour."""
    return iso_time(text).replace("T", " ", 1) if text else None


def with_spaced_times(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return an object in which the fields of these names are times as Python writes them."""
    times = {name: spaced_time(read(item, name)) for name in names if name in item}
    return {**item, **times}
