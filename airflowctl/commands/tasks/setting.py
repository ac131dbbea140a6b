"""What is set by hand on tasks of a run: their state and notes; and deleting them."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.commands.tasks.instances import FILTERS
from airflowctl.commands.tasks.selection import SELECTION, selected
from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, DRY_RUN, arg, command, flag, opt
from airflowctl.core.converters import identifier
from airflowctl.core.effect import CHANGE, DELETE, MARK, effect
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import counted, indexed
from airflowctl.domain.runs.lookup import ALL_DAGS, CLEARED, DAG_ID, RUN_ID, the_run
from airflowctl.domain.tasks.lookup import (
    INSTANCE,
    MAP_INDEX,
    MAP_INDICES,
    TASK_ID,
    UNMAPPED,
    instance,
    where,
)

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

SETTABLE = ("success", "failed", "skipped")
NEW_STATE = arg("new_state", "The state.", choices=SETTABLE)
WIDER = (
    flag("-u", "--upstream", name="include_upstream", help="Also the tasks before it."),
    flag("-d", "--downstream", name="include_downstream", help="Also the tasks after it."),
    flag("--past", name="include_past", help="Also in earlier runs."),
    flag("--future", name="include_future", help="Also in later runs."),
)
NOTE = opt("--note", help="A note on them.", metavar="TEXT")
INSTANCE_OF = MAP_INDEX._replace(default=None, help="Only this instance of a mapped task; else all of them.")


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
    asks=(ALWAYS,),
    effect=effect(MARK, "task", "task_id", "run_id", "dag_id"),
    op="patch_task_instance",
    undo=undo.TASK,
    uses=(
        "patch_task_instance_by_map_index",
        "patch_task_instance_dry_run",
        "patch_task_instance_dry_run_by_map_index",
    ),
    changes=("run",),
    examples=("airflowctl tasks mark success etl load latest --downstream",),
)
def mark(session: Session, values: MarkValues) -> Rows:
    place = where(session, values.dag_id, values.run_id, values.task_id)
    ops = ("patch_task_instance", "patch_task_instance_dry_run")
    if values.map_index is not None and values.map_index >= 0:
        place["map_index"] = str(values.map_index)
        ops = ("patch_task_instance_by_map_index", "patch_task_instance_dry_run_by_map_index")
    return _marked(session, values, ops, place, "tasks mark")


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
    asks=(ALWAYS,),
    effect=effect(MARK, "task group", "group_id", "run_id", "dag_id"),
    op="patch_task_group_instances",
    undo=undo.TASK,
    uses=("patch_task_group_instances_dry_run",),
    changes=("run",),
    examples=("airflowctl tasks mark-group success etl extract latest",),
)
def mark_group(session: Session, values: MarkGroupValues) -> Rows:
    dag_id = values.dag_id
    run_id = the_run(session, dag_id, values.run_id)
    place = {"dag_id": dag_id, "dag_run_id": run_id, "group_id": values.group_id}
    ops = ("patch_task_group_instances", "patch_task_group_instances_dry_run")
    return _marked(session, values, ops, place, "tasks mark-group")


def _marked(
    session: Session,
    values: MarkValues | MarkGroupValues,
    ops: tuple[str, str],
    place: dict[str, Any],
    line: str,
) -> Rows:
    """Ask the server what would change, ask the person, then do it."""
    from airflowctl.domain.runs.clearing import confirm

    body = {"new_state": values.new_state, **{one.name: True for one in WIDER if getattr(values, one.name)}}
    plan = session.api.record(ops[1], "task_instances", body=body, **place)["task_instances"]
    if values.dry_run or not plan:
        return Rows(plan, CLEARED, "task_id", UNMAPPED, "nothing would change")
    what = counted(len(plan), "task instance")
    confirm(session, plan, f"{what} would be {values.new_state}.", line)
    if values.note is not None:
        body["note"] = values.note
    done = session.api.record(ops[0], "task_instances", body=body, **place)["task_instances"]
    return Rows(done, CLEARED, "task_id", UNMAPPED)


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
    "Set the state of all tasks of a run that the filters leave.",
    NEW_STATE,
    DAG_ID,
    RUN_ID,
    *FILTERS[:1],
    *SELECTION,
    MAP_INDICES,
    NOTE,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(MARK, "run", "run_id", "dag_id"),
    op="bulk_task_instances",
    undo=undo.TASK,
    uses=("get_task_instances", "get_task_instances_batch", "get_tasks", "get_dag_runs"),
    changes=("run",),
    examples=("airflowctl tasks mark-all success etl latest --state failed",),
)
def mark_all(session: Session, values: MarkAllValues) -> Rows:
    from airflowctl.domain.runs.clearing import confirm

    dag_id = values.dag_id
    place = {"dag_id": dag_id, "dag_run_id": the_run(session, dag_id, values.run_id)}
    found = [
        one
        for one in _of_tasks(session, values, place)
        if one.get("state") != values.new_state  # the server refuses to set what is so already
    ]
    if values.dry_run or not found:
        return Rows(found, INSTANCE, "task_id", UNMAPPED, "nothing would change")
    what = counted(len(found), "task instance")
    confirm(session, found, f"{what} would be {values.new_state}.", "tasks mark-all")
    body = {"new_state": values.new_state}
    if values.note is not None:
        body["note"] = values.note
    entities = [{"task_id": one["task_id"], "map_index": one["map_index"], **body} for one in found]
    actions = [{"action": "update", "entities": entities}]
    told = session.api.record("bulk_task_instances", "update", body={"actions": actions}, **place)["update"]
    return _results(found, told or {}, values.new_state)


def _of_tasks(session: Session, values: MarkAllValues, place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The instances of all tasks of the run, or of those that were named."""
    state, indices = values.state, values.map_index
    ids = selected(session, place["dag_id"], values.task_id, values.group, values.task_regex)
    if ids == []:
        return
    ids = ids or []
    if len(ids) > 1:
        from airflowctl.domain.batch_requests import batch_pages

        body = {"dag_ids": [place["dag_id"]], "dag_run_ids": [place["dag_run_id"]], "task_ids": list(ids)}
        body |= {"state": list(state)} if state else {}
        path: dict[str, Any] = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
        found = batch_pages(session, "get_task_instances_batch", "task_instances", body, **path)
        yield from (one for one in found if not indices or one["map_index"] in indices)
        return
    query = {
        "state": state,
        "order_by": "start_date",
        "map_index": indices,
        "task_id": ids[0] if ids else None,
    }
    yield from session.api.pages("get_task_instances", "task_instances", query=query, **place)


def _results(instances: list[dict[str, Any]], response: dict[str, Any], new_state: str) -> Rows:
    """What came of each instance; exit 1 if one failed. `instances` are in the order they were sent."""
    from airflowctl.domain.bulk_results import FAILED, NO_REASON, outcomes, reasons

    done = list(response.get("success") or ())
    why = reasons(response, (str(sent["task_id"]) for sent in instances))
    rows = []
    for sent in instances:
        task_id, map_index = str(sent["task_id"]), sent["map_index"]
        key = f"{sent['dag_id']}.{sent['dag_run_id']}.{task_id}[{map_index}]"
        # Airflow 3.1 answers with the task's id alone, once for each instance, in the order they were sent.
        reported = next((name for name in (key, task_id) if name in done), "")
        row = {"task_id": task_id, "map_index": map_index, "result": f"now {new_state}", "reason": None}
        if reported:
            done.remove(reported)
        else:
            row |= {"result": FAILED, "reason": why.get(task_id, NO_REASON)}
        rows.append(row)
    return outcomes(rows, "task_id", "map_index", blank=UNMAPPED)


@command(
    "tasks note",
    "Write a note on a task in a run; an empty one takes it away.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    arg("text", "The note."),
    INSTANCE_OF,
    effect=effect(CHANGE, "note of task", "task_id", "run_id", "dag_id", becomes="overwritten"),
    op="patch_task_instance",
    undo=undo.TASK,
    uses=("patch_task_instance_by_map_index",),
    examples=("airflowctl tasks note etl load latest 'ran by hand'",),
)
def note(session: Session, dag_id: str, task_id: str, run_id: str, text: str, map_index: int | None) -> Rows:
    place = where(session, dag_id, run_id, task_id)
    op, query = "patch_task_instance", {"update_mask": ("note",)}
    if map_index is not None and map_index >= 0:
        op, place["map_index"] = "patch_task_instance_by_map_index", str(map_index)
    done = session.api.record(op, "task_instances", query=query, body={"note": text}, **place)
    return Rows(done["task_instances"], ("task_id", "map_index", "state", "note"), "task_id", UNMAPPED)


@command(
    "tasks delete",
    "Delete what is known of a task in a run.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(DELETE, "task", "task_id", "run_id", "dag_id"),
    op="delete_task_instance",
    uses=("get_task_instance", "get_mapped_task_instance"),
    changes=("run",),
    examples=("airflowctl tasks delete etl load latest",),
)
def delete(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, dry_run: bool
) -> Record | Text:
    place = where(session, dag_id, run_id, task_id)
    found, name = instance(session, place, map_index), indexed(task_id, map_index)
    if dry_run:
        return Record(found, "task_id", INSTANCE)
    session.console.confirm(
        f"{name} of {place['dag_run_id']} ({found['state']}) would be deleted.", "tasks delete"
    )
    session.api.call("delete_task_instance", query={"map_index": map_index}, **place)
    return Text(f"deleted {name} of {place['dag_run_id']}", {"deleted": name})
