"""How an instance of a task is named, and what commands about tasks share."""

from __future__ import annotations

from airflowctl.core.command import arg, opt
from airflowctl.core.converters import identifier, whole_number
from airflowctl.core.errors import NotFound
from airflowctl.core.kinds import names
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import the_run

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

TASK = names(
    "task",
    op="get_tasks",
    items="tasks",
    key="task_id",
    scope={"dag_id": "dag"},
    note=("operator_name",),
    within="task in a run",
)
_INSTANCE = {"dag_id": "dag", "task_id": "task", "dag_run_id": "run"}
# Instances come and go while a run is expanded: five seconds old is old.
MAPPED = names(
    "map index",
    op="get_mapped_task_instances",
    items="task_instances",
    key="map_index",
    scope=_INSTANCE,
    note=("state",),
    fresh=5.0,
)
TRY = names(
    "try",
    op="get_task_instance_tries",
    items="task_instances",
    key="try_number",
    scope=_INSTANCE,
    note=("state",),
    fresh=5.0,
)
TASK_STATES = (
    "removed", "scheduled", "queued", "running", "success", "restarting", "failed", "up_for_retry",
    "up_for_reschedule", "upstream_failed", "skipped", "deferred", "awaiting_input",
)  # fmt: skip
INSTANCE = ("task_id", "map_index", "state", "try_number", "start_date", "duration")
# In the order in which they are of use when a task failed: room on a terminal ends somewhere.
WIDE = ("duration", "try_number", "operator_name", "note", "end_date", "pool", "queue", "hostname")
UNMAPPED = {"map_index": -1}
# Each for a task, and for an instance of a mapped one.
TRIES = ("get_task_instance_tries", "get_mapped_task_instance_tries")
DEPENDENCIES = ("get_task_instance_dependencies", "get_task_instance_dependencies_by_map_index")


def index(text: str) -> int:
    """`2` -> 2; -1 is the instance of a task that is not mapped."""
    return -1 if text == "-1" else whole_number(text)


TASK_ID = arg("task_id", "The task.", complete="task", convert=identifier, aliases=("--task-id",))
MAP_INDEX = opt(
    "--map-index",
    help="Which instance of a mapped task.",
    convert=index,
    complete="map index",
    default=-1,
    metavar="N",
)
MAP_INDICES = MAP_INDEX._replace(
    default=None, repeatable=True, help="Only this instance of mapped tasks, or each of several."
)
BUNDLE = opt(
    "-B",
    "--bundle-name",
    help="Ignored: the server knows the bundle.",
    unsupported=True,
    repeatable=True,
    metavar="NAME",
    complete="bundle",
    hidden=True,
)

# The status is 404 as for an instance that does not exist: only the words tell the two apart.
_NEEDS_INDEX = "Task instance is mapped, add the map_index value to the URL"  # every Airflow 3's words


def where(session: Session, dag_id: str, run_id: str, task_id: str) -> dict[str, Any]:
    """Return the parts of an instance's path."""
    return {"dag_id": dag_id, "dag_run_id": the_run(session, dag_id, run_id), "task_id": task_id}


def of_index(
    session: Session, ops: tuple[str, str], path: dict[str, Any], map_index: int, **facts: Any
) -> Any:
    """Call the operation for a task, or the one for an instance of a mapped task."""
    try:
        if map_index < 0:
            return session.api.call(ops[0], **path, **facts)
        return session.api.call(ops[1], **path, map_index=str(map_index), **facts)
    except NotFound as error:
        if error.message == _NEEDS_INDEX:
            from airflowctl.core.next_line import suggest

            error.message = f"{path['task_id']} is mapped: it has several instances"
            see = suggest("tasks", "mapped", path["dag_id"], path["task_id"], path["dag_run_id"])
            error.hint = f"choose one with --map-index; see: {see}"
        raise


def tries_of(session: Session, path: dict[str, Any], map_index: int) -> list[dict[str, Any]]:
    """Return all tries of an instance, the first one first."""
    result = of_index(session, TRIES, path, map_index)["task_instances"]
    return sorted(result, key=lambda attempt: int(attempt.get("try_number") or 0))


def tries_table(tries: list[dict[str, Any]]) -> Rows:
    """Return what a person wants to see of them."""
    return Rows(tries, ("try_number", "state", "start_date", "duration", "hostname"), "try_number")


def instance(session: Session, path: dict[str, Any], map_index: int) -> dict[str, Any]:
    """Return the instance of a task in a run."""
    # A state of null is an answer, that of an instance which is not scheduled yet: the field must be there.
    ops = ("get_task_instance", "get_mapped_task_instance")
    result: dict[str, Any] = of_index(session, ops, path, map_index)
    if "state" not in result:
        raise session.api.unexpected_response(ops[0], "without state")
    return result
