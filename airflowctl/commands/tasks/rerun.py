"""Letting tasks run again."""

from __future__ import annotations

from airflowctl.commands.tasks.selection import SELECTION, selected
from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, DRY_RUN, command, flag, opt
from airflowctl.core.converters import identifier, some_text, timestamp
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import counted
from airflowctl.domain.runs.lookup import (
    CLEARED,
    DAG_ID,
    FOLLOW,
    ON_LATEST_VERSION,
    ONLY_FAILED,
    ONLY_RUNNING,
    WATCHING,
    dag_regex,
    the_run,
)
from airflowctl.domain.tasks.lookup import MAP_INDICES, UNMAPPED

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session


class ClearValues(NamedTuple):
    """The values of `tasks clear`."""

    dag_id: str
    task_regex: Any | None
    task_id: tuple[str, ...]
    group: tuple[str, ...]
    map_index: tuple[int, ...]
    run_id: str | None
    start_date: str | None
    end_date: str | None
    include_upstream: bool
    include_downstream: bool
    include_past: bool
    include_future: bool
    only_failed: bool
    only_running: bool
    dag_regex: bool
    bundle_name: tuple[str, ...]
    run_on_latest_version: bool | None
    prevent_running_task: bool
    note: str | None
    exclude_subdags: bool
    exclude_parentdag: bool
    follow: bool
    dry_run: bool


@command(
    "tasks clear",
    "Let tasks run again.",
    DAG_ID._replace(convert=some_text),
    *SELECTION,
    MAP_INDICES,
    opt("--run-id", help="Only in this run.", complete="run", convert=identifier, also=("--dag-run-id",)),
    opt(
        "-s",
        "--start-date",
        help="Only in runs from this logical date on.",
        convert=timestamp,
        metavar="DATE",
    ),
    opt("-e", "--end-date", help="Only in runs up to this logical date.", convert=timestamp, metavar="DATE"),
    flag("-u", "--upstream", name="include_upstream", help="Also the tasks before them."),
    flag("-d", "--downstream", name="include_downstream", help="Also the tasks after them."),
    flag("--past", name="include_past", help="With --run-id: also in earlier runs."),
    flag("--future", name="include_future", help="With --run-id: also in later runs."),
    ONLY_FAILED,
    ONLY_RUNNING,
    flag("-R", "--dag-regex", help="DAG_ID is a regular expression: in all Dags that it matches."),
    opt(
        "-B",
        "--bundle-name",
        help="With -R: only Dags of this bundle.",
        many=True,
        metavar="NAME",
        complete="bundle",
    ),
    ON_LATEST_VERSION,
    flag("--prevent-running-task", help="Refuse if one of them is running.", since="3.2"),
    opt("--note", help="A note on them.", metavar="TEXT", since="3.3"),
    flag("-x", "--exclude-subdags", help="Ignored: there are no SubDags any more.", hidden=True),
    flag("-X", "--exclude-parentdag", help="Ignored: there are no SubDags any more.", hidden=True),
    FOLLOW,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(CLEAR, "task", "task_id", "dag_id"),
    op="post_clear_task_instances",
    undo=undo.CLEAR,
    uses=("get_dags", "get_dag_runs", *WATCHING),
    changes=("run",),
    about="Without a run and dates it is all runs of the Dag, without --only-failed all states, as by the"
    " classic CLI. It shows what would be cleared, and asks.",
    examples=(
        "airflowctl tasks clear etl -t load -d --run-id latest --follow",
        "airflowctl tasks clear etl --group daily --task-id check --map-index 3 --run-id latest --dry-run",
    ),
)
def clear(session: Session, values: ClearValues) -> Rows | Text | Watch:
    from airflowctl.domain.runs.clearing import confirm, follow, the_one

    body = _body(values)
    plan = {}
    for dag_id in _dags(session, values):
        one = _of_dag(session, dag_id, body, values)
        if one is not None and (found := _send(session, dag_id, {**one, "dry_run": True})):
            plan[dag_id] = (one, found)
    everything = [item for _, found in plan.values() for item in found]
    if values.dry_run or not everything:
        return Rows(everything, ("dag_id", *CLEARED), "task_id", UNMAPPED, "nothing to clear")
    runs = {(str(item.get("dag_id")), str(item.get("dag_run_id"))) for item in everything}
    followed = the_one(runs) if values.follow else None
    what = f"{counted(len(everything), 'task instance')} of {counted(len(runs), 'run')}"
    confirm(session, everything, f"{what} would be cleared.", "tasks clear")
    done: list[Any] = []
    for dag_id, (one, _) in plan.items():
        note = {} if values.note is None else {"note": values.note}
        done += _send(session, dag_id, {**one, **note, "dry_run": False})
    if followed:
        return follow(session, *followed)
    return Text(f"cleared {what}", done)


def _body(values: ClearValues) -> dict[str, Any]:
    """What is the same for all Dags. The API's own defaults are the opposite: nothing is left to them."""
    from airflowctl.domain.crud import only_given

    always = ("only_failed", "only_running", "include_upstream", "include_downstream")
    body: dict[str, Any] = {"reset_dag_runs": True, **{name: getattr(values, name) for name in always}}
    for name in ("include_past", "include_future"):
        if getattr(values, name) and values.run_id is None:
            raise UsageError("--past and --future are said of a run", "give --run-id too")
        body[name] = getattr(values, name)
    # Older servers lack these, and would refuse them.
    body |= only_given(
        run_on_latest_version=values.run_on_latest_version,
        prevent_running_task=values.prevent_running_task or None,
    )
    dates = only_given(start_date=values.start_date, end_date=values.end_date)
    if dates and values.run_id is not None:
        raise UsageError("--run-id and dates together choose nothing", "give one of them")
    return {**body, **dates}


def _dags(session: Session, values: ClearValues) -> list[str]:
    """The Dags that are meant; one unless DAG_ID is a regular expression."""
    if not values.dag_regex:
        return [values.dag_id]
    wanted, found = dag_regex(values.dag_id), {}
    for bundle in values.bundle_name or (None,):
        query = {"bundle_name": bundle, "order_by": "dag_id"}
        found.update(
            dict.fromkeys(dag["dag_id"] for dag in session.api.pages("get_dags", "dags", query=query))
        )
    return [dag_id for dag_id in found if wanted.search(dag_id)]


def _of_dag(
    session: Session, dag_id: str, body: dict[str, Any], values: ClearValues
) -> dict[str, Any] | None:
    """The body for one Dag; None where it has no such task."""
    body = dict(body)
    if values.run_id is not None:
        body["dag_run_id"] = the_run(session, dag_id, values.run_id)
    chosen = selected(session, dag_id, values.task_id, values.group, values.task_regex)
    if chosen is None:
        if values.map_index:
            raise UsageError("--map-index is said of a task", "give --task-id or --task-regex too")
        return body
    several = values.map_index
    marked = [[name, number] for name in chosen for number in several] if several else chosen
    return {**body, "task_ids": marked} if chosen else None


def _send(session: Session, dag_id: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    op = "post_clear_task_instances"
    found: list[dict[str, Any]] = session.api.record(op, "task_instances", body=body, dag_id=dag_id)[
        "task_instances"
    ]
    return found
