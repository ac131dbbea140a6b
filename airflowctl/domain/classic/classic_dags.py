"""`airflow dags ...` about Dags: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.errors import NotFound
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_rows import (
    SILENT,
    list_properties,
    make_rows,
    read,
    read_items,
    rename,
    spaced_time,
    with_spaced_times,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

SHOWN = ("dag_id", "fileloc", "owners", "is_paused", "bundle_name", "bundle_version")
TIMES = (
    "last_parsed_time", "last_expired", "next_dagrun_data_interval_start", "next_dagrun_data_interval_end",
    "next_dagrun_logical_date", "next_dagrun_run_after",
)  # fmt: skip
_NEXT = ("logical_date", "data_interval.start", "data_interval.end", "run_after")


def show_dags(session: Session, values: Values, run: Run) -> Rows:
    """Return the Dags by their ids, with the columns of --columns."""
    columns = session.options.columns or SHOWN
    items = sorted(read_items(run()), key=lambda item: str(read(item, "dag_id")))
    if items and (unknown := [name for name in columns if name not in items[0]]):
        known = sorted(items[0])
        session.output.note(
            f"Error: Ignoring the following invalid columns: {unknown}.  List of valid columns: {known}"
        )
    rows = [_with_python_values(item) for item in items]
    return make_rows([{name: row[name] for name in columns if name in row} for row in rows])


def _with_python_values(item: Mapping[str, Any]) -> dict[str, Any]:
    return with_spaced_times(item, TIMES)


def show_dag(session: Session, values: Values, run: Run) -> Rows:
    """Return one Dag, with the fields that a list of Dags has."""
    item = session.api.record("get_dag", "dag_id", dag_id=values["dag_id"])
    return list_properties(_with_python_values(dict(item)), session)


def show_import_errors(session: Session, values: Values, run: Run) -> Rows:
    """Return the import errors, the oldest first; exit code 1 where there are any."""
    result = run()
    code = result.code if isinstance(result, Rows) else 0
    items = sorted(read_items(result), key=lambda item: read(item, "import_error_id") or 0)
    for item in items:
        item.update({name: read(item, name) or "" for name in ("bundle_name", "filename", "stack_trace")})
    return rename(items, ("bundle_name", "filepath=filename", "error=stack_trace"), code)


def report(session: Session, values: Values, run: Run) -> Rows:
    """Return what each file costs to read."""
    items = read_items(run())
    for item in items:
        item["dags"] = sorted(item["dags"])
    return rename(items, ("file", "duration", "dag_num", "task_num", "dags"))


def reserialize(session: Session, values: Values, run: Run) -> Text:
    """Have the files read again, and print nothing."""
    run()
    return SILENT


def show_graph(session: Session, values: Values, run: Run) -> Text:
    """Return the graph in the language of graphviz, or the word that it is saved."""
    result = run(language=None if values["save"] else "dot")
    if values["save"]:
        return Text(f"File {values['save']} saved")
    return Text(result.text) if isinstance(result, Text) else SILENT


def pause(session: Session, values: Values, run: Run) -> Rows | Text:
    """Pause Dags, and return what was so before."""
    return _set_paused(session, values, run, paused=True)


def unpause(session: Session, values: Values, run: Run) -> Rows | Text:
    """Unpause Dags, and return what was so before."""
    return _set_paused(session, values, run, paused=False)


def _set_paused(session: Session, values: Values, run: Run, *, paused: bool) -> Rows | Text:
    empty = Text(f"No {'un' if paused else ''}paused DAGs were found")
    if not values["treat_dag_id_as_regex"] and not values["pattern"]:
        try:
            dags = [session.api.record("get_dag", "dag_id", dag_id=name) for name in values["dag_id"]]
        except NotFound as error:
            session.output.note(error.message)
            return empty
        # The classic command lists those that it changed, and no others.
        changed = tuple(str(dag["dag_id"]) for dag in dags if bool(dag.get("is_paused")) is not paused)
        if not changed:
            return empty
        run(dag_id=changed)
        return _rows_before(changed, paused)
    result = run()
    changed = tuple(str(read(item, "dag_id")) for item in read_items(result))
    return _rows_before(changed, paused) if changed else empty


def _rows_before(names: tuple[str, ...], paused: bool) -> Rows:
    return make_rows([{"dag_id": name, "is_paused": not paused} for name in names])


def delete_dag(session: Session, values: Values, run: Run) -> Text:
    """Delete a Dag. How many records that are, the API does not say."""
    run()
    return Text("Removed all record(s)")


def show_next_run(session: Session, values: Values, run: Run) -> Rows | Text:
    """Return when the next run is due."""
    result = run()
    if isinstance(result, Rows):
        return make_rows([{name: spaced_time(read(item, name)) for name in _NEXT} for item in result.items])
    text = result.text if isinstance(result, Text) else ""
    # Python writes UTC as an offset, and JSON as a Z.
    return Text(f"{text[:-1]}+00:00" if text.endswith("Z") else text)


def show_state(session: Session, values: Values, run: Run) -> Text:
    """Return the state of a run, and its conf."""
    import json

    result = run()
    data = result.data if isinstance(result, Text) and isinstance(result.data, dict) else {}
    if data.get("state") is None:
        return Text("None")
    return Text(f"{data['state']}, {json.dumps(data['conf'])}" if data.get("conf") else str(data["state"]))


def clear_runs(session: Session, values: Values, run: Run) -> Text:
    """Clear runs, and return how many."""
    empty = Text("No matching Dag runs found.")
    try:
        result = run()
    except NotFound:
        session.api.record(
            "get_dag", "dag_id", dag_id=values["dag_id"]
        )  # else it is the run that there is not
        return empty
    data = result.data if isinstance(result, Text) and isinstance(result.data, dict) else None
    if data is None:
        return empty
    tasks, runs = data["task_instances"], len(data["dag_runs"])
    return Text(f"Cleared {tasks} task instance(s) across {runs} Dag run(s).")
