"""Runs, jobs and backfills, listed and started: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_rows import (
    SILENT,
    iso_time,
    make_rows,
    read,
    read_items,
    spaced_time,
)

if TYPE_CHECKING:
    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

_RUN_TIMES = ("run_after", "logical_date", "start_date", "end_date")
_TRIGGERED = (
    "conf", "dag_id", "dag_run_id", "data_interval_start", "data_interval_end", "end_date",
    "last_scheduling_decision", "logical_date", "run_type", "start_date", "state", "triggering_user_name",
)  # fmt: skip
_TRIGGER_TIMES = (
    "data_interval_start", "data_interval_end", "end_date", "last_scheduling_decision", "logical_date",
    "start_date",
)  # fmt: skip


def show_runs(session: Session, values: Values, run: Run) -> Rows:
    """Return the runs of a Dag, the newest first. Raises NotFound where there is no such Dag."""
    # A Dag that is not there is an error of the classic command, and no empty list.
    for name in values["dag_id"]:
        session.api.record("get_dag", "dag_id", dag_id=name)
    rows = []
    for item in read_items(run()):
        times = {name: iso_time(read(item, name)) for name in _RUN_TIMES}
        row = {
            "dag_id": read(item, "dag_id"),
            "run_id": read(item, "dag_run_id"),
            "state": read(item, "state"),
        }
        rows.append({**row, **times})
    return make_rows(rows)


def trigger(session: Session, values: Values, run: Run) -> Rows:
    """Start a run, and return a list of it."""
    rows = []
    for item in read_items(run()):
        row = {name: read(item, name) for name in _TRIGGERED}
        rows.append({**row, **{name: spaced_time(row[name]) for name in _TRIGGER_TIMES}})
    return make_rows(rows)


def materialize(session: Session, values: Values, run: Run) -> Rows:
    """Start the run that makes an asset, and return a list of it."""
    return make_rows(read_items(run()))


def show_jobs(session: Session, values: Values, run: Run) -> Rows:
    """Return the jobs, whose fields are all texts."""
    if values["dag_id"]:
        session.api.record("get_dag", "dag_id", dag_id=values["dag_id"])
    rows = []
    for item in read_items(run()):
        row = {name: read(item, name) for name in ("dag_id", "state", "job_type")}
        times = {name: spaced_time(read(item, name)) for name in ("start_date", "end_date")}
        rows.append({name: str(value) for name, value in {**row, **times}.items()})
    return make_rows(rows)


def check_jobs(session: Session, values: Values, run: Run) -> Text:
    """Return how many jobs live. Raises UsageError where several do and that is not allowed."""
    result = run()
    data = result.data if isinstance(result, Text) and isinstance(result.data, dict) else {}
    alive, code = data.get("alive", 0), result.code if isinstance(result, Text) else 0
    if code:
        words = "No alive jobs found." if not alive else f"Found {alive} alive jobs. Expected only one."
        session.output.note(words)
        return Text("", code=code)
    return Text("Found one alive job." if alive == 1 else f"Found {alive} alive jobs.")


def clear_partitions(session: Session, values: Values, run: Run) -> Text:
    """Take partitions off runs, and return how many; the API does not name the runs."""
    result = run()
    data = result.data if isinstance(result, Text) and isinstance(result.data, dict) else {}
    runs, tasks = data.get("dag_runs_cleared", 0), data.get("task_instances_cleared", 0)
    is_dry, lines = values["dry_run"], []
    if values["clear_task_instances"]:
        begin = "Dry run: would clear" if is_dry else "Cleared"
        lines.append(f"{begin} task instances on {runs} DagRun(s) ({tasks} task instance(s)).")
    if is_dry:
        lines.append(f"Dry run: would clear {runs} DagRun(s). No changes written.")
    else:
        lines.append(f"Cleared partition fields on {runs} DagRun(s).")
    return Text("\n".join(lines))


def create_backfill(session: Session, values: Values, run: Run) -> Text:
    """Create a backfill, and print nothing; of a dry run its values and its dates."""
    result = run()
    if not values["dry_run"]:
        return SILENT
    from airflowctl.output.classic_layout import tabulate_rows

    shown = {
        "dag_id": values["dag_id"],
        "from_date": spaced_time(values["from_date"]),
        "to_date": spaced_time(values["to_date"]),
        "max_active_runs": values["max_active_runs"],
        "reverse": bool(values["run_backwards"]),
        "dag_run_conf": values["dag_run_conf"],
        "reprocess_behavior": values["reprocess_behavior"],
        "run_on_latest_version": values["run_on_latest_version"],
    }
    names = ("logical_date", "partition_key", "partition_date")
    rows = [{name: read(item, name) for name in names} for item in read_items(result)]
    for row in rows:
        row |= {name: spaced_time(row[name]) for name in names[::2]}
    lines = [f"    - {name} = {value}" for name, value in shown.items()]
    head = ["Performing dry run of backfill.", "Printing params:", *lines, "Runs to be attempted:"]
    return Text("\n".join((*head, tabulate_rows(names, [list(row.values()) for row in rows], "grid"))))
