"""`dags report`: what each Dag file costs to read."""

from __future__ import annotations

from airflowctl.commands.dags import OF_BUNDLE
from airflowctl.core.command import command, opt
from airflowctl.core.converters import some_text
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.session.session import Session

_AT_ONCE = 20  # Dags whose tasks are counted together


@command(
    "dags report",
    "Show how long each Dag file takes to parse, the slowest first.",
    OF_BUNDLE,
    opt("--subdir", help="Airflow 3.0 only: parse the files under this folder of the server now.",
        convert=some_text, metavar="FOLDER"),
    op="get_dags",
    uses=("get_tasks", "get_dag_reports"),
    about="The duration is that of the last parse by the server's Dag processor; Airflow 3.1 and later."
    " Files without any Dag are left out: see `dags list-import-errors`.",
    classic="classic_dags:report",
    examples=("airflowctl dags report", "airflowctl dags report --sort -duration",),
)  # fmt: skip
def report(session: Session, bundle_name: str | None, subdir: str | None) -> Rows:
    columns = ("file", "duration", "dag_num", "task_num", "dags")
    # The operation was removed in Airflow 3.1, so the older one is asked for only by the option it alone has.
    if subdir:
        pages = session.api.pages("get_dag_reports", "dag_reports", query={"subdir": subdir})
        return Rows(pages, columns, "file")
    query = {"bundle_name": bundle_name, "exclude_stale": True, "order_by": "dag_id"}
    files: dict[str, dict[str, Any]] = {}
    for dag, task_num in _count_tasks(session, list(session.api.pages("get_dags", "dags", query=query))):
        start = {"file": dag["fileloc"], "duration": None, "dag_num": 0, "task_num": 0, "dags": []}
        row = files.setdefault(dag["fileloc"], start)
        row["duration"] = dag.get("last_parse_duration")
        row["dag_num"] += 1
        row["task_num"] += task_num
        row["dags"].append(dag["dag_id"])
    # The slowest file first: for that the command is used.
    rows = sorted(files.values(), key=lambda row: row["duration"] or 0.0, reverse=True)
    return Rows(rows, columns, "file")


def _count_tasks(session: Session, dags: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each Dag with the number of its tasks, in their order. Raises CliError."""
    from airflowctl.domain.parallel import of_each

    def count(dag_id: str) -> int:
        return sum(1 for _ in session.api.pages("get_tasks", "tasks", dag_id=dag_id))

    # No operation counts the tasks of a Dag: the classic command reads the files, which are not here. Several
    # requests at once, but in parts: a refusal ends the line before the others are asked.
    for first in range(0, len(dags), _AT_ONCE):
        part = dags[first : first + _AT_ONCE]
        for dag, tasks in zip(part, of_each(count, [dag["dag_id"] for dag in part]), strict=True):
            if tasks.error:
                raise tasks.error
            yield dag, tasks.value
        session.output.progress(first + len(part), len(dags))
