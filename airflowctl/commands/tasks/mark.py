"""`tasks mark`, `tasks mark-group` and `tasks mark-all`: the state of tasks, set by hand."""

from __future__ import annotations

from airflowctl.commands.tasks import FILTERS, INSTANCE_OF, SELECTION
from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, arg, command, flag, opt
from airflowctl.core.converters import identifier
from airflowctl.core.effect import MARK, effect
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import CLEARED, DAG_ID, RUN_ID, the_run
from airflowctl.domain.tasks.lookup import INSTANCE, MAP_INDICES, TASK_ID, UNMAPPED, where

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


# The states that the API lets a client set; all others are the scheduler's.
SETTABLE = ("success", "failed", "skipped")
NEW_STATE = arg("new_state", "The state.", choices=SETTABLE)
WIDER = (
    flag("-u", "--upstream", name="include_upstream", help="Also the tasks before it."),
    flag("-d", "--downstream", name="include_downstream", help="Also the tasks after it."),
    flag("--past", name="include_past", help="Also in earlier runs."),
    flag("--future", name="include_future", help="Also in later runs."),
)
NOTE = opt("--note", help="A note on the tasks.", metavar="TEXT")


class MarkValues(NamedTuple):
    """The values of `tasks mark`."""

    new_state: str
    dag_id: str
    task_id: str
    run_id: str
    map_index: int | None
    include_upstream: bool
    include_downstream: bool
    include_past: bool
    include_future: bool
    note: str | None
    dry_run: bool


@command(
    "tasks mark",
    "Set the state of a task in a run.",
    NEW_STATE,
    DAG_ID,
    TASK_ID,
    RUN_ID,
    INSTANCE_OF,
    *WIDER,
    NOTE,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(MARK, "task", "task_id", "run_id", "dag_id", repeatable=True),
    op="patch_task_instance",
    undo=undo.TASK,
    uses=(
        "patch_task_instance_by_map_index",
        "patch_task_instance_dry_run",
        "patch_task_instance_dry_run_by_map_index",
        "get_dag_runs",
    ),
    invalidates=("run",),
    examples=("airflowctl tasks mark success etl load latest --downstream",),
)
def mark(session: Session, values: MarkValues) -> Rows:
    path = where(session, values.dag_id, values.run_id, values.task_id)
    ops = ("patch_task_instance", "patch_task_instance_dry_run")
    # Without an index the operation sets all instances of a mapped task at once.
    if values.map_index is not None and values.map_index >= 0:
        path["map_index"] = str(values.map_index)
        ops = ("patch_task_instance_by_map_index", "patch_task_instance_dry_run_by_map_index")
    return _mark(session, values, ops, path, "tasks mark")


class MarkGroupValues(NamedTuple):
    """The values of `tasks mark-group`."""

    new_state: str
    dag_id: str
    group_id: str
    run_id: str
    include_upstream: bool
    include_downstream: bool
    include_past: bool
    include_future: bool
    note: str | None
    dry_run: bool


@command(
    "tasks mark-group",
    "Set the state of all tasks of a group in a run.",
    NEW_STATE,
    DAG_ID,
    arg("group_id", "The task group.", complete="task group", convert=identifier),
    RUN_ID,
    *WIDER,
    NOTE,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(MARK, "task group", "group_id", "run_id", "dag_id", repeatable=True),
    op="patch_task_group_instances",
    undo=undo.TASK,
    uses=(
        "patch_task_group_instances_dry_run",
        "get_dag_runs",
    ),
    invalidates=("run",),
    examples=("airflowctl tasks mark-group success etl extract latest",),
)
def mark_group(session: Session, values: MarkGroupValues) -> Rows:
    dag_id = values.dag_id
    run_id = the_run(session, dag_id, values.run_id)
    path = {"dag_id": dag_id, "dag_run_id": run_id, "group_id": values.group_id}
    ops = ("patch_task_group_instances", "patch_task_group_instances_dry_run")
    return _mark(session, values, ops, path, "tasks mark-group")


def _mark(
    session: Session,
    values: MarkValues | MarkGroupValues,
    ops: tuple[str, str],
    path: dict[str, Any],
    line: str,
) -> Rows:
    """Ask the server what would change, ask the person, then do it."""
    from airflowctl.domain.runs.clearing import confirm

    body = {
        "new_state": values.new_state,
        # What is not named is left out: a field that an older server does not know is refused with 422.
        **{param.name: True for param in WIDER if getattr(values, param.name)},
    }
    plan = session.api.record(ops[1], "task_instances", body=body, **path)["task_instances"]
    if values.dry_run or not plan:
        return Rows(plan, CLEARED, "task_id", UNMAPPED, "nothing would change")
    count = format_count(len(plan), "task instance")
    confirm(session, plan, f"{count} would be {values.new_state}.", line)
    if values.note is not None:
        body["note"] = values.note
    instances = session.api.record(ops[0], "task_instances", body=body, **path)["task_instances"]
    return Rows(instances, CLEARED, "task_id", UNMAPPED)


class MarkAllValues(NamedTuple):
    """The values of `tasks mark-all`."""

    new_state: str
    dag_id: str
    run_id: str
    state: tuple[str, ...]
    task_regex: Any | None
    task_id: tuple[str, ...]
    group: tuple[str, ...]
    map_index: tuple[int, ...]
    note: str | None
    dry_run: bool


@command(
    "tasks mark-all",
    "Set the state of all tasks of a run that match the filters.",
    NEW_STATE,
    DAG_ID,
    RUN_ID,
    *FILTERS[:1],
    *SELECTION,
    MAP_INDICES,
    NOTE,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(MARK, "run", "run_id", "dag_id", repeatable=True),
    op="bulk_task_instances",
    undo=undo.TASK,
    uses=("get_task_instances", "get_task_instances_batch", "get_tasks", "get_dag_runs"),
    invalidates=("run",),
    examples=("airflowctl tasks mark-all success etl latest --state failed",),
)
def mark_all(session: Session, values: MarkAllValues) -> Rows:
    from airflowctl.domain.runs.clearing import confirm
    from airflowctl.domain.tasks.mark_tasks import choose_instances, list_results
    from airflowctl.domain.tasks.selection import select_tasks

    dag_id = values.dag_id
    path = {"dag_id": dag_id, "dag_run_id": the_run(session, dag_id, values.run_id)}
    ids = select_tasks(session, dag_id, values.task_id, values.group, values.task_regex)
    records = [
        instance
        for instance in choose_instances(session, path, ids, values.state, values.map_index)
        if instance.get("state") != values.new_state  # the server refuses to set what is so already
    ]
    if values.dry_run or not records:
        return Rows(records, INSTANCE, "task_id", UNMAPPED, "nothing would change")
    count = format_count(len(records), "task instance")
    confirm(session, records, f"{count} would be {values.new_state}.", "tasks mark-all")
    body = {"new_state": values.new_state}
    if values.note is not None:
        body["note"] = values.note
    entities = [
        {"task_id": instance["task_id"], "map_index": instance["map_index"], **body} for instance in records
    ]
    # One request: the server applies it to each instance for itself, and reports those that it refused.
    actions = [{"action": "update", "entities": entities}]
    text = session.api.record("bulk_task_instances", "update", body={"actions": actions}, **path)["update"]
    return list_results(records, text or {}, values.new_state)
