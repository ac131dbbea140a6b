"""`airflow tasks ...`: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_rows import SILENT, iso_time, make_rows, read, read_items

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

_RULE = "# ----------------------------------------------------------"


def show_tasks(session: Session, values: Values, run: Run) -> Rows | Text:
    """Return the ids of the tasks, in order."""
    if values["tree"]:
        result = run()
        return Text(result.text) if isinstance(result, Text) else SILENT
    names = sorted(str(read(item, "task_id")) for item in read_items(run()))
    if session.options.output in ("json", "yaml"):  # which the classic command of today does not take
        return make_rows([{"task_id": name} for name in names])
    return Text("\n".join(names))


def show_state(session: Session, values: Values, run: Run) -> Text:
    """Return the state of a task in a run."""
    result = run()
    return Text(result.text) if isinstance(result, Text) else SILENT


def show_states(session: Session, values: Values, run: Run) -> Rows:
    """Return the state of each task in a run; the index only where one of them is mapped."""
    items = read_items(run())
    # The tasks in the order in which they began, the instances of one beside each other.
    order = list(dict.fromkeys(str(read(item, "task_id")) for item in items))
    items.sort(key=lambda item: (order.index(str(read(item, "task_id"))), _index(item)))
    has_index = any(_index(item) >= 0 for item in items)
    rows = []
    for item in items:
        row = {"dag_id": read(item, "dag_id"), "logical_date": iso_time(read(item, "logical_date"))}
        row |= {"task_id": read(item, "task_id"), "state": read(item, "state") or ""}
        row |= {name: iso_time(read(item, name)) for name in ("start_date", "end_date")}
        if has_index:
            row["map_index"] = str(_index(item)) if _index(item) >= 0 else ""
        rows.append(row)
    return make_rows(rows)


def _index(item: Mapping[str, Any]) -> int:
    index = read(item, "map_index")
    return index if isinstance(index, int) else -1


def show_failed_deps(session: Session, values: Values, run: Run) -> Text:
    """Return what a task waits for. The note of the handler says where the server does not know it."""
    result = run()
    items = read_items(result)
    if items:
        lines = [f"{read(item, 'name')}: {read(item, 'reason')}" for item in items]
        return Text("\n".join(("Task instance dependencies not met:", *lines)))
    if isinstance(result, Rows) and result.empty != "all dependencies are met":
        session.output.note(result.empty)
        return SILENT
    return Text("Task instance dependencies are all met.")


def render_fields(session: Session, values: Values, run: Run) -> Text:
    """Return the template fields, each under a heading, as Python writes their values."""
    result = run()
    fields = result.data if isinstance(result, Text) and isinstance(result.data, dict) else {}
    blocks = (f"{_RULE}\n# property: {name}\n{_RULE}\n{read(fields, name)}\n" for name in fields)
    return Text("".join(blocks))


def clear_tasks(session: Session, values: Values, run: Run) -> Text:
    """Clear tasks, and print nothing."""
    run()
    return SILENT
