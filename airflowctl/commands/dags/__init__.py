"""Dags. Here: the order of the commands in help, and what several of them share."""

from __future__ import annotations

from airflowctl.core.command import flag, opt
from airflowctl.core.converters import some_text
from airflowctl.core.kinds import names

MODULES = (  # in the order of help
    "list",
    "get",
    "details",
    "tags",
    "stats",
    "list_warnings",
    "favorite",
    "clear",
    "source",
    "list_import_errors",
    "get_import_error",
    "reserialize",
    "report",
    "pause",
    "update",
    "delete",
    "show",
    "grid",
    "state",
    "next_execution",
    "trigger",
    "list_versions",
    "get_version",
)


DAG = names(
    "dag",
    op="get_dags",
    items="dags",
    key="dag_id",
    search="dag_id_pattern",
    note=("is_paused",),
    fresh=120.0,
)
BUNDLE = names("bundle", op="get_dags", items="dags", key="bundle_name", order="dag_id", fresh=300.0)
OF_BUNDLE = opt(
    "-B",
    "--bundle-name",
    help="Only Dags of this bundle.",
    complete="bundle",
    convert=some_text,
    metavar="NAME",
)
ONLY_LOCAL = "it reads the files of the machine it runs on; where that is: airflow dags {} --local"
LOCAL = flag(
    "-l", "--local", help="Refused: it reads local files, which no API can.", hidden=True, unsupported=True
)
