"""What became of tasks in a run."""

from __future__ import annotations

from airflowctl.core.command import LIMIT, LIMIT_NEWEST, TOOK, arg, command, date_range, opt
from airflowctl.core.converters import identifier, some_text, whole_number
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import ALL_DAGS, DAG_ID, RUN_ID, the_run
from airflowctl.domain.tasks.lookup import (
    BUNDLE,
    DEPENDENCIES,
    INSTANCE,
    MAP_INDEX,
    MAP_INDICES,
    TASK_ID,
    TASK_STATES,
    UNMAPPED,
    WIDE,
    instance,
    of_index,
    tries_of,
    where,
)

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

# Named as the parameters of the query they become.
EITHER = (
    opt("--state", help="Only those in this state, or in any of several.", choices=TASK_STATES, many=True),
    *date_range("started", "start_date", "that started"),
    *date_range("ended", "end_date", "that ended"),
    *date_range("due", "run_after", "of runs due"),
    *date_range("logical", "logical_date", "of a logical date"),
    *date_range("updated", "updated_at", "that changed"),
    *TOOK,
    opt("--pool", help="Only those in this pool.", many=True, complete="pool", convert=some_text),
    opt("--queue", help="Only those in this queue.", many=True, complete="queue", convert=some_text),
    opt("--executor", help="Only those of this executor.", many=True, complete="executor", convert=some_text),
    opt("--operator", help="Only those of this operator.", many=True, complete="operator", convert=some_text),
    opt(
        "--dag-version",
        name="version_number",
        help="Only of this version of the Dag, or of any of several.",
        many=True,
        complete="dag-version",
        convert=whole_number,
        metavar="N",
    ),
    opt(
        "--try-number",
        help="Only those at this try, or at any of several.",
        many=True,
        complete="try",
        convert=whole_number,
        metavar="N",
    ),
)
FILTERS = (
    *EITHER,
    opt("--task-id", help="Only this task.", complete="task", convert=identifier, metavar="TASK_ID"),
    opt(
        "--task-pattern",
        name="task_display_name_pattern",
        help="Only tasks with this in their name.",
        complete="task",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--group",
        name="task_group_id",
        help="Only the tasks of this group.",
        complete="task group",
        convert=some_text,
        also=("--task-group",),
        metavar="GROUP_ID",
    ),
    MAP_INDICES,
)


class InstanceFilters(NamedTuple):
    """The values of commands that list instances, named as the parameters of the query they become."""

    dag_id: str
    run_id: str
    state: tuple[str, ...]
    start_date_gte: str | None
    start_date_lte: str | None
    end_date_gte: str | None
    end_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    logical_date_gte: str | None
    logical_date_lte: str | None
    updated_at_gte: str | None
    updated_at_lte: str | None
    duration_gte: float | None
    duration_lte: float | None
    pool: tuple[str, ...]
    queue: tuple[str, ...]
    executor: tuple[str, ...]
    operator: tuple[str, ...]
    version_number: tuple[int, ...]
    try_number: tuple[int, ...]
    task_id: str | None
    task_display_name_pattern: str | None
    task_group_id: str | None
    map_index: tuple[int, ...]
    limit: int | None


@command(
    "tasks states-for-dag-run",
    "Show the state of every task in a run.",
    DAG_ID,
    RUN_ID,
    *FILTERS,
    LIMIT,
    op="get_task_instances",
    uses=("get_dag_runs",),
    examples=(
        "airflowctl tasks states-for-dag-run etl latest",
        "airflowctl tasks states-for-dag-run etl latest --state failed",
    ),
)
def states(session: Session, values: InstanceFilters) -> Rows:
    values = values._replace(run_id=the_run(session, values.dag_id, values.run_id))
    return Rows(_instances(session, "start_date", values), INSTANCE, "task_id", optional=UNMAPPED, wide=WIDE)


@command(
    "tasks instances",
    "List what became of tasks in any runs, newest first.",
    arg("dag_id", "The Dag; all of them if not given.", default=ALL_DAGS, complete="dag", convert=identifier),
    arg("run_id", "The run; all if not given.", default=ALL_DAGS, complete="run", convert=identifier),
    *FILTERS,
    LIMIT_NEWEST,
    op="get_task_instances",
    examples=("airflowctl tasks instances --state failed --started-after -1d",),
)
def instances(session: Session, values: InstanceFilters) -> Rows:
    if values.dag_id != ALL_DAGS:
        values = values._replace(run_id=the_run(session, values.dag_id, values.run_id))
    columns = ("dag_id", "dag_run_id", "task_id", "map_index", "state", "start_date")
    return Rows(_instances(session, "-start_date", values), columns, "task_id", optional=UNMAPPED, wide=WIDE)


def _instances(session: Session, order: str, values: InstanceFilters) -> Any:
    query = {**values._asdict(), "order_by": order}
    path = {"dag_id": query.pop("dag_id"), "dag_run_id": query.pop("run_id")}
    limit = query.pop("limit")
    return session.api.pages("get_task_instances", "task_instances", limit=limit, query=query, **path)


class MappedFilters(NamedTuple):
    """The values of `tasks mapped`, named as the parameters of the query they become."""

    dag_id: str
    task_id: str
    run_id: str
    state: tuple[str, ...]
    start_date_gte: str | None
    start_date_lte: str | None
    end_date_gte: str | None
    end_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    logical_date_gte: str | None
    logical_date_lte: str | None
    updated_at_gte: str | None
    updated_at_lte: str | None
    duration_gte: float | None
    duration_lte: float | None
    pool: tuple[str, ...]
    queue: tuple[str, ...]
    executor: tuple[str, ...]
    operator: tuple[str, ...]
    version_number: tuple[int, ...]
    try_number: tuple[int, ...]
    limit: int | None


@command(
    "tasks mapped",
    "List the instances of a mapped task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    *EITHER,
    LIMIT,
    op="get_mapped_task_instances",
    examples=("airflowctl tasks mapped etl load latest",),
)
def mapped(session: Session, values: MappedFilters) -> Rows:
    query = {**values._asdict(), "order_by": "map_index"}
    place = where(session, query.pop("dag_id"), query.pop("run_id"), query.pop("task_id"))
    limit = query.pop("limit")
    op = "get_mapped_task_instances"
    items = session.api.pages(op, "task_instances", limit=limit, query=query, **place)
    columns = ("map_index", "rendered_map_index", "state", "try_number", "start_date", "duration")
    return Rows(items, columns, "map_index", optional={"rendered_map_index": None})


@command(
    "tasks state",
    "Print the state of a task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    BUNDLE,
    op="get_task_instance",
    uses=("get_mapped_task_instance", "get_dag_runs"),
    examples=("airflowctl tasks state etl load latest",),
)
def state(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, bundle_name: tuple[str, ...]
) -> Text:
    found = instance(session, where(session, dag_id, run_id, task_id), map_index)
    return Text(str(found["state"]), found)


@command(
    "tasks tries",
    "List the tries of a task in a run, or show one of them.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    arg("number", "Show only this try.", default=None, complete="try", convert=whole_number, metavar="TRY"),
    MAP_INDEX,
    op="get_task_instance_tries",
    uses=(
        "get_mapped_task_instance_tries",
        "get_task_instance_try_details",
        "get_mapped_task_instance_try_details",
    ),
    examples=("airflowctl tasks tries etl load latest",),
)
def tries(
    session: Session, dag_id: str, task_id: str, run_id: str, number: int | None, map_index: int
) -> Rows | Record:
    place = where(session, dag_id, run_id, task_id)
    if number is not None:
        ops = ("get_task_instance_try_details", "get_mapped_task_instance_try_details")
        one = of_index(session, ops, {**place, "task_try_number": str(number)}, map_index)
        return Record(one, "try_number")
    columns = ("try_number", "state", "start_date", "end_date", "duration", "hostname")
    return Rows(tries_of(session, place, map_index), columns, "try_number")


@command(
    "tasks failed-deps",
    "Say what a task that has not started waits for.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    BUNDLE,
    op="get_task_instance_dependencies",
    uses=("get_task_instance_dependencies_by_map_index", "get_task_instance", "get_dag_runs"),
    about="The server knows this only of tasks without a state, or scheduled ones.",
    also=("tasks dependencies",),
    examples=("airflowctl tasks failed-deps etl load latest",),
)
def failed_deps(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, bundle_name: tuple[str, ...]
) -> Rows:
    place = where(session, dag_id, run_id, task_id)
    found = of_index(session, DEPENDENCIES, place, map_index).get("dependencies", [])
    empty = "all dependencies are met"
    if not found:
        now = instance(session, place, map_index)["state"]
        if now not in (None, "scheduled"):
            empty = f"the task is {now}: the server tells dependencies only before a task is queued"
    return Rows(found, ("name", "reason"), "name", empty=empty)


@command(
    "tasks render",
    "Show the template fields of a task as they were filled in for a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    BUNDLE,
    op="get_task_instance",
    uses=("get_mapped_task_instance", "get_dag_runs"),
    about="The server has them once the task has started, and may shorten long ones.",
    examples=("airflowctl tasks render etl load latest",),
)
def render(
    session: Session,
    dag_id: str,
    task_id: str,
    run_id: str,
    map_index: int,
    bundle_name: tuple[str, ...],
) -> Text:
    from json import dumps

    found = instance(session, where(session, dag_id, run_id, task_id), map_index).get("rendered_fields") or {}
    if not found:
        session.output.note(f"{task_id} has no rendered fields: it has not started, or has no templates")
    blocks = []
    for name, value in found.items():
        text = value if isinstance(value, str) else dumps(value, ensure_ascii=False)
        rule = "# ----------------------------------------------------------"
        blocks.append(f"{rule}\n# property: {name}\n{rule}\n{text}\n")
    return Text("\n".join(blocks), found)


@command(
    "tasks links",
    "List the extra links of a task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    op="get_extra_links",
    examples=("airflowctl tasks links etl load latest",),
)
def links(session: Session, dag_id: str, task_id: str, run_id: str, map_index: int) -> Rows:
    place = where(session, dag_id, run_id, task_id)
    answer = session.api.record("get_extra_links", "extra_links", query={"map_index": map_index}, **place)
    rows = [{"name": name, "url": url} for name, url in answer["extra_links"].items()]
    return Rows(rows, ("name", "url"), "name")


@command(
    "tasks log-url",
    "Print where the log of a task is, if another system keeps it.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    arg(
        "number",
        "Of this try; else of the newest.",
        default=None,
        complete="try",
        convert=whole_number,
        metavar="TRY",
    ),
    MAP_INDEX,
    op="get_external_log_url",
    uses=("get_task_instance", "get_mapped_task_instance"),
    examples=("airflowctl tasks log-url etl load latest",),
)
def log_url(
    session: Session, dag_id: str, task_id: str, run_id: str, number: int | None, map_index: int
) -> Text:
    place = where(session, dag_id, run_id, task_id)
    number = instance(session, place, map_index)["try_number"] if number is None else number
    answer = session.api.record(
        "get_external_log_url", "url", query={"map_index": map_index}, try_number=str(number), **place
    )
    return Text(str(answer["url"]), answer)
