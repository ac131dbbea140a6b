"""Jobs: lines in the background; schedulers, triggerers and Dag processors, and whether they live."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import identifier, some_text, whole_number
from airflowctl.core.errors import REFUSED, UsageError
from airflowctl.core.kinds import Names, names
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT_NEWEST, date_range

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from airflowctl.session.session import Session

COLUMNS = ("id", "job_type", "state", "hostname", "start_date", "latest_heartbeat", "dag_id")
# `jobs check` wants one of these, so that a misspelt type is no job that is dead.
TYPES = ("SchedulerJob", "TriggererJob", "DagProcessorJob")


def _of_jobs(kind: str, key: str) -> Names:
    """Return a kind of name that the newest jobs have."""
    return names(kind, op="get_jobs", items="jobs", key=key, order="-start_date", fresh=300.0, most=100)


HOST = _of_jobs("host", "hostname")
EXECUTOR = _of_jobs("executor class", "executor_class")
TYPE = _of_jobs("job type", "job_type")
STATE = _of_jobs("job state", "state")
HOSTNAME = opt(
    "--hostname", help="Only those on this machine.", complete="host", convert=some_text, metavar="NAME"
)


@command(
    "jobs",
    "List the background lines: those that run, and those that ended since the last look.",
    session_only=True,
    about="A line that ends with & runs in the background: dags trigger etl --wait &. `jobs list` and"
    " `jobs check` are about Airflow's own jobs.",
    examples=("airflowctl jobs",),
)
def background_jobs(session: Session) -> Rows:
    from airflowctl.execution.background_lines import lines_of

    lines = lines_of(session).take_open()
    items = [
        {
            "number": f"%{line.number}",
            "state": line.state,
            "exit_code": line.code,
            "seconds": round(line.seconds, 1),
            "line": line.text,
        }
        for line in lines
    ]
    columns = ("number", "state", "exit_code", "seconds", "line")
    return Rows(items, columns, "number", empty="no line runs in the background")


@command(
    "jobs list",
    "List the jobs, newest first.",
    opt("--job-type", help="Only of this type, like SchedulerJob.",
        complete="job type", convert=some_text, metavar="TYPE"),
    opt(
        "--state", help="Only in this state, like running.", complete="job state",
        convert=some_text, name="job_state",
        aliases=("--job-state",), metavar="STATE",
    ),
    HOSTNAME,
    opt("--executor-class", help="Only with this executor.",
        complete="executor class", convert=some_text, metavar="NAME"),
    flag("--alive", help="Only jobs that are alive."),
    opt(
        "-d", "--dag-id", help="Only jobs of this Dag; airflowctl filters, as the API has no such"
        " filter.",
        complete="dag", convert=identifier,
    ),
    *date_range("started", "start_date", "that started", also="start"),
    LIMIT_NEWEST,
    op="get_jobs",
    uses=("get_dag",),
    deprecated_lines=("dags list-jobs",),
    classic="classic_runs:show_jobs",
    examples=("airflowctl jobs list --alive", "airflowctl jobs list --job-type SchedulerJob --limit 5",),
)  # fmt: skip
def list_jobs(
    session: Session,
    job_type: str | None,
    job_state: str | None,
    hostname: str | None,
    executor_class: str | None,
    alive: bool,
    dag_id: str | None,
    start_date_gte: str | None,
    start_date_lte: str | None,
    limit: int | None,
) -> Rows:
    query = {
        "job_type": job_type,
        "job_state": job_state or ("running" if alive else None),
        "hostname": hostname,
        "executor_class": executor_class,
        "is_alive": True if alive else None,
        "start_date_gte": start_date_gte,
        "start_date_lte": start_date_lte,
        "order_by": "-start_date",
    }
    from airflowctl.domain.jobs import fetch_living

    # The server takes dead jobs out of a page after it has cut it, so that one page says nothing of the
    # others.
    rows = fetch_living(session, query) if alive else session.api.pages("get_jobs", "jobs", query=query)
    records: Iterable[dict[str, Any]] = (row for row in rows if dag_id in (None, row.get("dag_id")))
    # The limit counts what the filter of this client leaves, so the server cannot apply it.
    if limit is not None:
        from itertools import islice

        records = islice(records, limit)
    return Rows(records, COLUMNS, "id", optional={"dag_id": None})


@command(
    "jobs check",
    "Check whether a job is alive; exit 1 if none is.",
    opt("--job-type", help="Only of this type.", choices=TYPES, complete="job type", metavar="TYPE"),
    HOSTNAME,
    flag("--local", help="Only jobs on this machine, where airflowctl runs."),
    opt(
        "--limit",
        help="Check this many of the running jobs, the latest heartbeat first; 0 is all.",
        convert=whole_number,
        default=1,
        metavar="N",
    ),
    flag("--allow-multiple", help="Accept several jobs that are alive; needs a --limit other than 1."),
    op="get_jobs",
    classic="classic_runs:check_jobs",
    examples=("airflowctl jobs check --job-type SchedulerJob --limit 0 --allow-multiple",),
)
def check(
    session: Session,
    job_type: str | None,
    hostname: str | None,
    local: bool,
    limit: int,
    allow_multiple: bool,
) -> Text:
    # As the classic command refuses it: of one job there are never several.
    if allow_multiple and limit == 1:
        raise UsageError("--allow-multiple needs a --limit above 1, or 0 for all")
    if hostname and local:
        raise UsageError("--hostname and --local do not go together")
    from airflowctl.domain.jobs import fetch_living, host_name

    hostname = host_name() if local else hostname
    query = {"job_type": job_type, "hostname": hostname, "job_state": "running", "is_alive": True}
    # The classic command looks at the newest heartbeat, and the API cannot sort by it.
    jobs = sorted(
        fetch_living(session, query), key=lambda job: str(job.get("latest_heartbeat")), reverse=True
    )
    jobs = jobs[:limit] if limit else jobs
    data = {"alive": len(jobs), "jobs": jobs}
    if not jobs:
        return Text("no job is alive", data, code=REFUSED)
    text = "one job is alive" if len(jobs) == 1 else f"{len(jobs)} jobs are alive"
    if len(jobs) > 1 and not allow_multiple:
        return Text(f"{text}, and only one should be", data, code=REFUSED)
    return Text(text, data)
