"""`tasks clear`: tasks run again."""

from __future__ import annotations

from airflowctl.commands.tasks import SELECTION
from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, command, flag, opt
from airflowctl.core.converters import identifier, some_text, timestamp
from airflowctl.core.effect import CLEAR, effect
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.params import DRY_RUN
from airflowctl.domain.runs.lookup import (
    CLEARED,
    DAG_ID,
    FOLLOW,
    ON_LATEST_VERSION,
    ONLY_FAILED,
    ONLY_RUNNING,
    WATCHING,
)
from airflowctl.domain.tasks.clear_request import (
    ClearValues,
    body_for_dag,
    clear_body,
    keep_retries,
    match_dags,
    send_clear,
)
from airflowctl.domain.tasks.lookup import MAP_INDICES, UNMAPPED

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session


@command(
    "tasks clear",
    "Clear tasks, so that they run again.",
    # Not an identifier here: with `-R` it is a regular expression, which may hold a `/`.
    DAG_ID._replace(convert=some_text),
    *SELECTION,
    MAP_INDICES,
    opt("--run-id", help="Only in this run.", complete="run", convert=identifier, aliases=("--dag-run-id",)),
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
    flag("--now", help="With --run-id: only tasks between two tries; they are tried at once."),
    flag("-R", "--dag-regex", help="DAG_ID is a regular expression: in all Dags that it matches."),
    opt(
        "-B",
        "--bundle-name",
        help="With -R: only Dags of this bundle.",
        repeatable=True,
        metavar="NAME",
        complete="bundle",
    ),
    ON_LATEST_VERSION,
    flag("--prevent-running-task", help="Refuse if one of them is running.", since="3.2"),
    opt("--note", help="A note on the tasks.", metavar="TEXT", since="3.3"),
    flag(
        "-x",
        "--exclude-subdags",
        help="Ignored: there are no SubDags any more.",
        hidden=True,
        unsupported=True,
    ),
    flag(
        "-X",
        "--exclude-parentdag",
        help="Ignored: there are no SubDags any more.",
        hidden=True,
        unsupported=True,
    ),
    FOLLOW,
    DRY_RUN,
    confirms_after_plan=(ALWAYS,),
    effect=effect(CLEAR, "task", "task_id", "dag_id"),
    op="post_clear_task_instances",
    undo=undo.CLEAR,
    uses=("get_dags", "get_dag_runs", *WATCHING),
    invalidates=("run",),
    about="Without a run and dates it clears tasks in all runs of the Dag, and without --only-failed in"
    " all states, as the classic CLI does. It shows what would be cleared, and asks first.",
    classic="classic_tasks:clear_tasks",
    examples=(
        "airflowctl tasks clear etl -t load -d --run-id latest --follow",
        "airflowctl tasks clear etl --group daily --task-id check --map-index 3 --run-id latest --dry-run",
        "airflowctl tasks clear etl --task-id load --now --run-id latest",
    ),
)
def clear(session: Session, values: ClearValues) -> Rows | Text | Watch:
    from airflowctl.domain.runs.clearing import confirm, follow, the_one

    body = clear_body(values)
    plan = {}
    # All Dags are planned before the user is asked, so that the question counts what would happen.
    for dag_id in match_dags(session, values):
        record = body_for_dag(session, dag_id, body, values)
        records = send_clear(session, dag_id, {**record, "dry_run": True}) if record is not None else []
        if record is not None and values.now:
            record, records = keep_retries(record, records)
        if record is not None and records:
            plan[dag_id] = (record, records)
    instances = [item for _, records in plan.values() for item in records]
    if values.dry_run or not instances:
        return Rows(instances, ("dag_id", *CLEARED), "task_id", UNMAPPED, "nothing to clear")
    runs = {(str(item["dag_id"]), str(item["dag_run_id"])) for item in instances}
    # Checked before the question: a line that cannot be followed must not have cleared anything.
    followed = the_one(runs) if values.follow else None
    count = f"{format_count(len(instances), 'task instance')} of {format_count(len(runs), 'run')}"
    confirm(session, instances, f"{count} would be cleared.", "tasks clear")
    cleared: list[Any] = []
    for dag_id, (record, _) in plan.items():
        note = {} if values.note is None else {"note": values.note}
        cleared += send_clear(session, dag_id, {**record, **note, "dry_run": False})
    if followed:
        return follow(session, *followed)
    return Text(f"cleared {count}", cleared)
