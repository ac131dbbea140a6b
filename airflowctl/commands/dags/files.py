"""The files of Dags: their source, what is wrong with them, and reading them again."""

from __future__ import annotations

from airflowctl.commands.dags.catalogue import LOCAL, OF_BUNDLE, ONLY_LOCAL
from airflowctl.core.command import LIMIT_NEWEST, arg, command, opt
from airflowctl.core.converters import identifier, some_text, whole_number
from airflowctl.core.effect import READS
from airflowctl.core.errors import DONE, REFUSED, Conflict, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.session.session import Session

IMPORT_ERROR = names(
    "import-error",
    op="get_import_errors",
    items="import_errors",
    key="import_error_id",
    order="-timestamp",
    note=("filename",),
)


@command(
    "dags source",
    "Print the source of a Dag, as the server has it.",
    DAG_ID,
    opt("--version", name="version_number", help="Of this version; not given, of the newest.",
        complete="dag-version", convert=whole_number, metavar="N", also=("--version-number",)),
    op="get_dag_source",
    examples=("airflowctl dags source etl",),
)  # fmt: skip
def source(session: Session, dag_id: str, version_number: int | None) -> Text:
    query = {"version_number": version_number}
    record = session.api.record("get_dag_source", "content", query=query, dag_id=dag_id)
    return Text(record["content"] or "", record)


@command(
    "dags list-import-errors",
    "List the Dag files that cannot be read, newest first; exit 1 if there are any.",
    OF_BUNDLE,
    opt("--pattern", help="Only files with this in their name.", convert=some_text, metavar="TEXT"),
    LIMIT_NEWEST,
    LOCAL,
    op="get_import_errors",
    also=("dags import-errors", "dags import-errors list"),
    examples=("airflowctl dags list-import-errors",),
)
def import_errors(
    session: Session, bundle_name: str | None, pattern: str | None, limit: int | None, local: bool
) -> Rows:
    if local:
        raise UsageError("--local is not for the API", ONLY_LOCAL.format("list-import-errors"))
    query = {"bundle_name": bundle_name, "filename_pattern": pattern, "order_by": "-timestamp"}
    pages = session.api.pages("get_import_errors", "import_errors", limit=limit, query=query)
    items = list(pages)
    columns = ("import_error_id", "bundle_name", "filename", "stack_trace")
    code = REFUSED if items else DONE
    return Rows(items, columns, "import_error_id", empty="every file can be read", code=code)


@command(
    "dags get-import-error",
    "Show why a Dag file cannot be read.",
    arg("import_error_id", "Its number.", complete="import-error", convert=identifier),
    op="get_import_error",
    also=("dags import-errors get",),
    examples=("airflowctl dags get-import-error 3",),
)
def import_error(session: Session, import_error_id: str) -> Record:
    facts = {"import_error_id": import_error_id}
    return Record(session.api.record("get_import_error", "import_error_id", **facts), "import_error_id")


@command(
    "dags reserialize",
    "Have the files of Dags read again, of all Dags if none is named.",
    arg("dag_id", "The Dags.", many=True, complete="dag", convert=identifier, also=("--dag-id",)),
    OF_BUNDLE,
    effect=READS,
    op="reparse_dag_file",
    uses=("get_dags", "get_dag"),
    changes=("dag",),
    also=("dags reparse",),
    about="Asks the server's Dag processor to do so, soon: files that it has never read cannot be named.",
    examples=("airflowctl dags reserialize etl",),
)
def reserialize(session: Session, dag_id: tuple[str, ...], bundle_name: str | None) -> Rows:
    files: dict[str, list[dict[str, Any]]] = {}
    for dag in _dags(session, dag_id, bundle_name):
        files.setdefault(str(dag["file_token"]), []).append(dag)
    rows = [
        {
            "file": dags[0].get("relative_fileloc") or dags[0].get("fileloc"),
            "bundle_name": dags[0].get("bundle_name"),
            "dags": [dag["dag_id"] for dag in dags],
            "result": _asked(session, token),
        }
        for token, dags in files.items()
    ]
    return Rows(rows, ("file", "dags", "result"), "file")


def _dags(session: Session, dag_id: tuple[str, ...], bundle_name: str | None) -> Iterator[dict[str, Any]]:
    if dag_id and bundle_name:
        raise UsageError("DAG_ID and --bundle-name do not go together", "give one of them")
    if not dag_id:
        yield from session.api.pages("get_dags", "dags", query=_all_of(bundle_name))
    for name in dag_id:
        yield session.api.record("get_dag", "file_token", dag_id=name)


def _asked(session: Session, token: str) -> str:
    try:
        session.api.call("reparse_dag_file", file_token=token)
    except Conflict:
        return "asked for already"
    return "asked for"


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
    if subdir:
        pages = session.api.pages("get_dag_reports", "dag_reports", query={"subdir": subdir})
        return Rows(pages, columns, "file")
    files: dict[str, dict[str, Any]] = {}
    for dag in session.api.pages("get_dags", "dags", query=_all_of(bundle_name, stale=False)):
        start = {"file": dag["fileloc"], "duration": None, "dag_num": 0, "task_num": 0, "dags": []}
        row = files.setdefault(dag["fileloc"], start)
        row["duration"] = dag.get("last_parse_duration")
        row["dag_num"] += 1
        row["task_num"] += len(list(session.api.pages("get_tasks", "tasks", dag_id=dag["dag_id"])))
        row["dags"].append(dag["dag_id"])
    rows = sorted(files.values(), key=lambda row: row["duration"] or 0.0, reverse=True)
    return Rows(rows, columns, "file")


def _all_of(bundle_name: str | None, *, stale: bool = True) -> dict[str, Any]:
    return {"bundle_name": bundle_name, "exclude_stale": not stale, "order_by": "dag_id"}
