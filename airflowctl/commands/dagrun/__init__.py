"""Dag runs. Here: the order of the commands in help, and shared parts."""

from __future__ import annotations

from airflowctl.core.command import arg, opt
from airflowctl.core.converters import identifier, timestamp
from airflowctl.domain.params import date_range
from airflowctl.domain.runs.lookup import RUN_STATES, RUN_TYPES

MODULES = (  # in the order of help
    "gantt",
    "logs",
    "list",
    "get",
    "wait",
    "upstream_asset_events",
    "clear",
    "delete",
    "mark",
    "note",
    "trigger",
    "watch",
)


RUN_IDS = arg(
    "run_id",
    "The runs; `latest` is the newest, a date the run of that logical date.",
    repeatable=True,
    complete="run",
    convert=identifier,
    aliases=("--run-id", "--dag-run-id"),
)
PLANNED = ("dag_run_id", "state", "run_type", "start_date")
# Filters of all commands that choose runs, named as the parameters of the query they become.
FEW_FILTERS = (
    opt(
        "--state", help="Only runs in this state, or in any of several.", choices=RUN_STATES, repeatable=True
    ),
    opt(
        "--run-type",
        help="Only runs of this type, or of any of several.",
        choices=RUN_TYPES,
        repeatable=True,
        metavar="TYPE",
    ),
    opt(
        "-s",
        "--start-date",
        "--logical-after",
        name="logical_date_gte",
        help="Only runs of a logical date at or after this.",
        convert=timestamp,
        metavar="DATE",
    ),
    opt(
        "-e",
        "--end-date",
        "--logical-before",
        name="logical_date_lte",
        help="Only runs of a logical date at or before this.",
        convert=timestamp,
        metavar="DATE",
    ),
    *date_range("due", "run_after", "due"),
)
