"""What `airflow` 2.11 prints, where it differs from 3: AIRFLOWCTL_CLASSIC=2."""

from __future__ import annotations

from functools import partial

from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_dags import TIMES
from airflowctl.domain.classic.classic_rows import iso_time, list_properties, make_rows, read, read_items

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from airflowctl.core.rich_results import Result
    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

    View = Callable[[Session, Values, Run], Result]

_LISTED = ("dag_id", "fileloc", "owners", "is_paused")
# Columns by the function that prints those of 3: a name, or that of 2 and that of 3.
_COLUMNS = {
    "classic_runs:show_runs": ("dag_id", "run_id", "state", "execution_date=logical_date", "start_date",
                               "end_date"),
    "classic_dags:show_import_errors": ("filepath", "error"),
    "classic_pools:show_pools": ("pool", "slots", "description", "include_deferred"),
    "classic_pools:show_pool": ("pool", "slots", "description", "include_deferred"),
}  # fmt: skip
_SHOWN_ALL = ("classic_connections:show_connections", "classic_server:list_config")  # without --show-values
# Fields of a Dag: a name, that of 2 and that of 3, or `-` where 3 has no such thing.
_DAG = (
    "dag_id", "dag_display_name", "root_dag_id=-", "is_paused", "is_active", "is_subdag",
    "last_parsed_time", "last_pickled=-", "last_expired", "scheduler_lock=-", "pickle_id=-", "default_view",
    "fileloc", "file_token", "owners", "description", "schedule_interval", "timetable_description", "tags",
    "max_active_tasks", "max_active_runs", "max_consecutive_failed_dag_runs", "has_task_concurrency_limits",
    "has_import_errors", "next_dagrun=next_dagrun_logical_date", "next_dagrun_data_interval_start",
    "next_dagrun_data_interval_end", "next_dagrun_create_after=next_dagrun_run_after",
)  # fmt: skip


def view_of(name: str, view: View) -> View:
    """Return what makes the result that 2.11 prints, for the function of this name that does so for 3."""
    if name in _SHOWN_ALL:
        return lambda session, values, run: view(session, {**values, "show_values": True}, run)
    if name in _COLUMNS:
        return lambda session, values, run: _with_columns(view(session, values, run), _COLUMNS[name])
    own: dict[str, View] = {
        "classic_connections:add_connection": _add_connection,
        "classic_dags:show_dags": _show_dags,
        "classic_dags:show_dag": _show_dag,
        "classic_dags:pause": partial(_invert, view),
        "classic_dags:unpause": partial(_invert, view),
        "classic_tasks:show_states": partial(_show_states, view),
    }
    if name == "classic_runs:trigger":
        return lambda session, values, run: _with_external_trigger(view(session, values, run))
    return own.get(name, view)


def _with_columns(result: Result, columns: tuple[str, ...]) -> Result:
    if not isinstance(result, Rows):
        return result
    rows = [_rename(item, columns) for item in read_items(result)]
    if "run_id" in columns:
        rows.sort(key=lambda row: str(row["execution_date"]), reverse=True)
    return make_rows(rows, result.code)


def _rename(item: Mapping[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in columns:
        name, _, own = column.partition("=")
        row[name] = read(item, own or name)
    return row


def _with_external_trigger(result: Result) -> Result:
    rows = []
    for item in read_items(result):
        row: dict[str, Any] = {}
        for name in item:
            if name == "last_scheduling_decision":
                row["external_trigger"] = read(item, "run_type") == "manual"
            if name != "triggering_user_name":
                row[name] = read(item, name)
        rows.append(row)
    return make_rows(rows)


def _show_states(view: View, session: Session, values: Values, run: Run) -> Rows:
    rows = []
    for item in read_items(view(session, values, run)):
        row = {"execution_date" if name == "logical_date" else name: read(item, name) for name in item}
        rows.append({**row, "state": row["state"] or None})
    return make_rows(rows)


# Dags.


def _invert(view: View, session: Session, values: Values, run: Run) -> Result:
    """Return whether the Dags are paused now; 3 prints whether they were before."""
    result = view(session, values, run)
    if not isinstance(result, Rows):
        return result
    return make_rows([{**item, "is_paused": not read(item, "is_paused")} for item in read_items(result)])


def _show_dags(session: Session, values: Values, run: Run) -> Rows:
    columns = session.options.columns or _LISTED
    known = [column.partition("=")[0] for column in _DAG]
    if unknown := [name for name in columns if name not in known]:
        session.output.note(
            f"Error: Ignoring the following invalid columns: {unknown}.  List of valid columns: {known}"
        )
    items = sorted(read_items(run()), key=lambda item: str(read(item, "dag_id")))
    dags = map(_dag, items)
    return make_rows([{name: dag[name] for name in columns if name in dag} for dag in dags])


def _show_dag(session: Session, values: Values, run: Run) -> Rows:
    return list_properties(_dag(session.api.record("get_dag", "dag_id", dag_id=values["dag_id"])), session)


def _dag(item: Mapping[str, Any]) -> dict[str, Any]:
    item = {**item, **{name: iso_time(read(item, name)) or None for name in TIMES if name in item}}
    own_values = {
        "is_active": not read(item, "is_stale"),
        "is_subdag": False,
        "default_view": "grid",
        "schedule_interval": _interval(read(item, "timetable_summary")),
    }
    pairs = ((name, own or name) for name, _, own in (column.partition("=") for column in _DAG))
    return {name: own_values[name] if name in own_values else read(item, own) for name, own in pairs}


def _interval(summary: str | None) -> dict[str, str] | None:
    return {"__type": "CronExpression", "value": summary} if summary else None


# Connections.


def _add_connection(session: Session, values: Values, run: Run) -> Text:
    (item,) = read_items(run())
    uri = values["conn_uri"] or _uri(item)
    return Text(f"Successfully added `conn_id`={read(item, 'connection_id')} : {uri}")


def _uri(item: Mapping[str, Any]) -> str:
    """Return the parts of a connection as 2.11 prints them: stars for a password."""
    password = "******" if read(item, "password") else ""
    netloc = f"{read(item, 'login') or ''}:{password}@{read(item, 'host') or ''}:{read(item, 'port') or ''}"
    path = read(item, "schema") or ""
    return f"{read(item, 'conn_type')}://{netloc}{'/' if path else ''}{path}"
