"""What changes runs: clear, delete, mark, note. Each says what it would do, and asks."""

from __future__ import annotations

from airflowctl.commands.dagrun.look import FEW, runs_of
from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, DRY_RUN, arg, command, opt
from airflowctl.core.converters import identifier
from airflowctl.core.effect import CHANGE, CLEAR, DELETE, MARK, effect
from airflowctl.core.errors import ServerRefused, UsageError
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import counted, listed
from airflowctl.domain.runs.lookup import (
    CLEARED,
    DAG_ID,
    FOLLOW,
    ON_LATEST_VERSION,
    ONLY_FAILED,
    ONLY_NEW,
    RUN_ID,
    SHOWN,
    WATCHING,
    the_run,
)

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session

SETTABLE = ("success", "failed", "queued")
RUN_IDS = arg(
    "run_id",
    "The runs; `latest` is the newest, a date the one of that logical date.",
    many=True,
    complete="run",
    convert=identifier,
    also=("--run-id", "--dag-run-id"),
)
PLANNED = ("dag_run_id", "state", "run_type", "start_date")
_MOST = 100  # in one request


@command(
    "dagrun clear",
    "Let the tasks of a run run again.",
    DAG_ID,
    RUN_ID,
    ONLY_FAILED,
    opt("--note", help="A note on the run.", metavar="TEXT", since="3.3"),
    ONLY_NEW,
    ON_LATEST_VERSION,
    FOLLOW,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(CLEAR, "run", "run_id", "dag_id"),
    op="clear_dag_run",
    undo=undo.CLEAR,
    uses=(*WATCHING, "get_dag_runs"),
    changes=("run",),
    about="All tasks are cleared, as by the classic CLI, unless --only-failed or --only-new says less. It"
    " shows them, and asks.",
    examples=("airflowctl dagrun clear etl latest --only-failed --follow",),
)
def clear(
    session: Session,
    dag_id: str,
    run_id: str,
    only_failed: bool,
    note: str | None,
    only_new: bool,
    run_on_latest_version: bool | None,
    follow: bool,
    dry_run: bool,
) -> Rows | Record | Watch:
    from airflowctl.domain.runs.clearing import confirm

    run_id = the_run(session, dag_id, run_id)
    body: dict[str, Any] = {"only_failed": only_failed}
    if only_new:
        body["only_new"] = True
    if run_on_latest_version is not None:
        body["run_on_latest_version"] = run_on_latest_version
    where = {"dag_id": dag_id, "dag_run_id": run_id}
    plan = session.api.record("clear_dag_run", "task_instances", body={**body, "dry_run": True}, **where)
    found = plan["task_instances"]
    if dry_run or not found:
        return Rows(found, CLEARED, "task_id", {"map_index": -1}, "nothing to clear")
    told = f"{counted(len(found), 'task instance')} of {run_id} would be cleared."
    confirm(session, found, told, "dagrun clear")
    if note is not None:
        body["note"] = note
    done = session.api.record("clear_dag_run", "dag_run_id", body={**body, "dry_run": False}, **where)
    if follow:
        from airflowctl.domain.runs.watch_run import watched

        return watched(session, dag_id, done)
    return Record(done, "dag_run_id", SHOWN)


class DeleteValues(NamedTuple):
    """The values of `dagrun delete`."""

    dag_id: str
    run_id: tuple[str, ...]
    state: tuple[str, ...]
    run_type: tuple[str, ...]
    logical_date_gte: str | None
    logical_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    dry_run: bool


@command(
    "dagrun delete",
    "Delete runs, with all that is known of their tasks.",
    DAG_ID,
    RUN_IDS,
    *FEW,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(DELETE, "run", "run_id", "dag_id"),
    op="delete_dag_run",
    uses=("bulk_dag_runs", "get_dag_run", "get_dag_runs"),
    changes=("run",),
    about="Name the runs, or choose them by state, type and date.",
    examples=("airflowctl dagrun delete etl --state failed --due-before -30d --dry-run",),
)
def delete(session: Session, values: DeleteValues) -> Rows:
    dag_id, runs = values.dag_id, _chosen(session, values)
    if values.dry_run or not runs:
        return Rows(runs, PLANNED, "dag_run_id", empty="no such run")
    session.console.confirm(
        f"{_counted(runs)} of {dag_id} would be deleted. {_listed(runs)}", "dagrun delete"
    )
    return _bulk(session, dag_id, runs, "delete", {})


class MarkValues(NamedTuple):
    """The values of `dagrun mark`."""

    new_state: str
    dag_id: str
    run_id: tuple[str, ...]
    state: tuple[str, ...]
    run_type: tuple[str, ...]
    logical_date_gte: str | None
    logical_date_lte: str | None
    run_after_gte: str | None
    run_after_lte: str | None
    note: str | None
    dry_run: bool


@command(
    "dagrun mark",
    "Set the state of runs, and of their tasks that have not ended.",
    arg("new_state", "The state; queued lets the run go on.", choices=SETTABLE),
    DAG_ID,
    RUN_IDS,
    *FEW,
    opt("--note", help="A note on the run.", metavar="TEXT"),
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(MARK, "run", "run_id", "dag_id"),
    op="patch_dag_run",
    undo=undo.RUN,
    uses=("bulk_dag_runs", "get_dag_run", "get_dag_runs"),
    changes=("run",),
    about="Name the runs, or choose them by state, type and date.",
    examples=("airflowctl dagrun mark failed etl latest",),
)
def mark(session: Session, values: MarkValues) -> Rows:
    new_state, note = values.new_state, values.note
    body = {"state": new_state} if note is None else {"state": new_state, "note": note}
    dag_id, runs = values.dag_id, _chosen(session, values)
    if values.dry_run or not runs:
        return Rows(runs, PLANNED, "dag_run_id", empty="no such run")
    session.console.confirm(
        f"{_counted(runs)} of {dag_id} would be {new_state}. {_listed(runs)}", "dagrun mark"
    )
    return _bulk(session, dag_id, runs, "update", body)


@command(
    "dagrun note",
    "Write a note on a run; an empty one takes it away.",
    DAG_ID,
    RUN_ID,
    arg("text", "The note."),
    effect=effect(CHANGE, "note of run", "run_id", "dag_id", becomes="overwritten"),
    op="patch_dag_run",
    undo=undo.RUN,
    changes=("run",),
    examples=("airflowctl dagrun note etl latest 'the source was late'",),
)
def note(session: Session, dag_id: str, run_id: str, text: str) -> Record:
    run_id = the_run(session, dag_id, run_id)
    query, body = {"update_mask": ("note",)}, {"note": text}
    run = session.api.record(
        "patch_dag_run", "dag_run_id", query=query, body=body, dag_id=dag_id, dag_run_id=run_id
    )
    return Record(run, "dag_run_id", ("dag_id", "dag_run_id", "state", "note"))


def _counted(runs: list[dict[str, Any]]) -> str:
    return counted(len(runs), "run")


def _listed(runs: list[dict[str, Any]]) -> str:
    return f"Named: {listed(str(run['dag_run_id']) for run in runs)}"


def _chosen(session: Session, values: DeleteValues | MarkValues) -> list[dict[str, Any]]:
    """The runs of the Dag that were named or that the filters leave."""
    dag_id, query = values.dag_id, {param.name: getattr(values, param.name) for param in FEW}
    is_filtered = any(value not in (None, ()) for value in query.values())
    if bool(values.run_id) == is_filtered:
        raise UsageError("which runs?", "name them, or choose them by --state, --run-type and dates")
    if is_filtered:
        return list(runs_of(session, dag_id, query))
    ids = dict.fromkeys(the_run(session, dag_id, run_id) for run_id in values.run_id)
    return [
        session.api.record("get_dag_run", "dag_run_id", dag_id=dag_id, dag_run_id=run_id) for run_id in ids
    ]


def _bulk(
    session: Session, dag_id: str, runs: list[dict[str, Any]], action: str, body: dict[str, Any]
) -> Rows:
    """Do it to each run, and tell what came of each; exit 1 if one failed."""
    from airflowctl.api.operations import version_key
    from airflowctl.domain.bulk_results import FAILED, outcomes

    ids = [str(run["dag_run_id"]) for run in runs]
    together = len(ids) > 1 and version_key(session.api.version())[:2] >= (3, 3)
    errors = (_together if together else _one_by_one)(session, dag_id, ids, action, body)
    done = "deleted" if action == "delete" else f"now {body['state']}"
    rows = [
        {"dag_run_id": run_id, "result": FAILED if run_id in errors else done, "reason": errors.get(run_id)}
        for run_id in ids
    ]
    return outcomes(rows, "dag_run_id")


def _together(
    session: Session, dag_id: str, ids: list[str], action: str, body: dict[str, Any]
) -> dict[str, str]:
    """In few requests; an action each, since one action is done for all of its runs or for none."""
    from airflowctl.domain.bulk_results import NO_REASON, reasons

    errors: dict[str, str] = {}
    for first in range(0, len(ids), _MOST):
        part = ids[first : first + _MOST]
        actions = [{"action": action, "entities": [{"dag_run_id": one, **body}]} for one in part]
        answer = session.api.record("bulk_dag_runs", action, body={"actions": actions}, dag_id=dag_id)
        told = answer[action] or {}
        done, why = set(told.get("success") or ()), reasons(told, part)
        undone = (run_id for run_id in part if f"{dag_id}.{run_id}" not in done)
        errors |= {run_id: why.get(run_id, NO_REASON) for run_id in undone}
    return errors


def _one_by_one(
    session: Session, dag_id: str, ids: list[str], action: str, body: dict[str, Any]
) -> dict[str, str]:
    errors: dict[str, str] = {}
    for run_id in ids:
        where: dict[str, Any] = {"dag_id": dag_id, "dag_run_id": run_id}
        try:
            if action == "delete":
                session.api.call("delete_dag_run", **where)
            else:
                query = {"update_mask": tuple(body)}
                session.api.call("patch_dag_run", query=query, body=body, **where)
        except ServerRefused as error:
            if len(ids) == 1:
                raise
            errors[run_id] = error.message
    return errors
