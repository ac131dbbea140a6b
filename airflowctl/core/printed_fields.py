"""The fields of what a command prints, where they are not those of its operation's answer.

`tests/commands/test_printed_fields.py` compares them with what the commands print.
"""

from __future__ import annotations

_TIMES = ("dag_id", "run_after", "logical_date", "data_interval.start", "data_interval.end")
_EVENT = ("task_id", "map_index", "try_number", "timestamp", "event", "level", "logger", "error_detail")

# Fields that a command adds to those of its operation.
ADDED = {
    "backfill get": ("runs", "failed_dates", "seconds_left"),
    "dagrun get": ("backfill_id",),
    "dags list": ("last_run_state", "last_run_start_date", "last_run_duration", "last_run_id"),
}
PRINTED = {
    "backfill watch": ("date", "dag_run_id", "state", "duration"),
    "config lint": ("section", "option", "problem"),
    "config list": ("section", "option", "value", "variable"),
    "config get-value": ("section", "option", "value"),
    "connections export": (),
    "dagrun gantt": ("dag_id", "dag_run_id", "state", "since", "until", "run", "bars"),
    "dagrun logs": _EVENT,
    "dagrun watch": ("task_id", "state", "try_number", "mapped", "start_date", "end_date", "duration"),
    "dags grid": ("dag_id", "runs", "tasks"),
    "dags next-execution": _TIMES,
    "dags report": ("file", "dags", "dag_num", "task_num", "duration"),
    "dags show": ("dag_id", "dag_run_id", "nodes", "edges"),
    "dags stats": ("dag_id", "queued", "running", "success", "failed"),
    "diagnose": (),
    "health": ("component", "status", "latest_heartbeat"),
    "jobs check": ("alive", "jobs"),
    "logs": _EVENT,
    "pools export": (),
    "status": (),
    "stuck": (),
    "tasks debug": (),
    "tasks failed-deps": ("name", "reason"),
    "tasks links": ("name", "url"),
    "tasks logs": _EVENT,
    "tasks render": ("key", "value"),
    "triage": (),
    "variables export": (),
    "why": (),
}
