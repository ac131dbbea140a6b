"""`dags report`: what each Dag file costs to read."""

from __future__ import annotations

from airflowctl.commands.dags import OF_BUNDLE
from airflowctl.core.command import command, opt
from airflowctl.core.converters import some_text
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


@command(
    "dags report",
    "Show what each Dag file costs to read, the slowest first.",
    OF_BUNDLE,
    opt("--subdir", help="Airflow 3.0 only: read the files under this folder of the server now.",
        convert=some_text, metavar="FOLDER"),
    op="get_dags",
    uses=("get_tasks", "get_dag_reports"),
    about="The duration is that of the last reading by the server's Dag processor, from Airflow 3.1 on."
    " Files without any Dag are left out: see dags list-import-errors.",
    examples=("airflowctl dags report", "airflowctl dags report --sort -duration",),
)  # fmt: skip
def report(session: Session, bundle_name: str | None, subdir: str | None) -> Rows:
    columns = ("file", "duration", "dag_num", "task_num", "dags")
    # The operation was removed in Airflow 3.1, so the older one is asked for only by the option it alone has.
    if subdir:
        pages = session.api.pages("get_dag_reports", "dag_reports", query={"subdir": subdir})
        return Rows(pages, columns, "file")
    files: dict[str, dict[str, Any]] = {}
    query = {"bundle_name": bundle_name, "exclude_stale": True, "order_by": "dag_id"}
    for dag in session.api.pages("get_dags", "dags", query=query):
        start = {"file": dag["fileloc"], "duration": None, "dag_num": 0, "task_num": 0, "dags": []}
        row = files.setdefault(dag["fileloc"], start)
        row["duration"] = dag.get("last_parse_duration")
        row["dag_num"] += 1
        # No operation counts the tasks of a Dag: the classic command reads the files, which are not here.
        row["task_num"] += len(list(session.api.pages("get_tasks", "tasks", dag_id=dag["dag_id"])))
        row["dags"].append(dag["dag_id"])
    # The slowest file first: for that the command is used.
    rows = sorted(files.values(), key=lambda row: row["duration"] or 0.0, reverse=True)
    return Rows(rows, columns, "file")
