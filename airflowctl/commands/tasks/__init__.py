"""Tasks and their instances. Here: the order of the commands in help, and what several of them share."""

from __future__ import annotations

from airflowctl.core.command import opt
from airflowctl.core.converters import identifier, regex, some_text, whole_number
from airflowctl.core.kinds import Names, names
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import TOOK, date_range
from airflowctl.domain.runs.lookup import ALL_DAGS
from airflowctl.domain.tasks.lookup import MAP_INDEX, MAP_INDICES, TASK_STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

MODULES = (  # in the order of help
    "debug",
    "list",
    "get",
    "states_for_dag_run",
    "instances",
    "mapped",
    "state",
    "tries",
    "failed_deps",
    "render",
    "links",
    "log_url",
    "logs",
    "clear",
    "mark",
    "note",
    "delete",
    "state_store",
)


IN_A_RUN = names(
    "task in a run",
    op="get_task_instances",
    items="task_instances",
    key="task_id",
    scope={"dag_id": "dag", "dag_run_id": "run"},
    order="start_date",
    note=("state",),
    fresh=5.0,
)


def _groups(task: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the groups that a task is in, by its id: `load.users.copy` is in `load` and `load.users`."""
    # No operation lists groups, but the id of a task begins with those it is in.
    parts = str(task.get("task_id", "")).split(".")
    yield from ((".".join(parts[:length]), "") for length in range(1, len(parts)))


GROUP = names("task group", op="get_tasks", items="tasks", key="", scope={"dag_id": "dag"}, read=_groups)


def _of_instances(kind: str, key: str) -> Names:
    """Return a kind of name that the tasks have that ran last: no operation lists these."""
    return names(
        kind,
        op="get_task_instances",
        items="task_instances",
        key=key,
        query={"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS},
        # The newest tell of the deployment as it is now: a queue that is no longer used should not be
        # offered.
        order="-start_date",
        fresh=300.0,
        most=100,
    )


QUEUE = _of_instances("queue", "queue")
EXECUTOR = _of_instances("executor", "executor")
OPERATOR = _of_instances("operator", "operator")

# Named as the parameters of the query they become.
EITHER = (
    opt(
        "--state",
        help="Only those in this state, or in any of several.",
        choices=TASK_STATES,
        repeatable=True,
    ),
    *date_range("started", "start_date", "that started"),
    *date_range("ended", "end_date", "that ended"),
    *date_range("due", "run_after", "of runs due"),
    *date_range("logical", "logical_date", "of a logical date"),
    *date_range("updated", "updated_at", "that changed"),
    *TOOK,
    opt("--pool", help="Only those in this pool.", repeatable=True, complete="pool", convert=some_text),
    opt("--queue", help="Only those in this queue.", repeatable=True, complete="queue", convert=some_text),
    opt(
        "--executor",
        help="Only those of this executor.",
        repeatable=True,
        complete="executor",
        convert=some_text,
    ),
    opt(
        "--operator",
        help="Only those of this operator.",
        repeatable=True,
        complete="operator",
        convert=some_text,
    ),
    opt(
        "--dag-version",
        name="version_number",
        help="Only of this version of the Dag, or of any of several.",
        repeatable=True,
        complete="dag-version",
        convert=whole_number,
        metavar="N",
    ),
    opt(
        "--try-number",
        help="Only those at this try, or at any of several.",
        repeatable=True,
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
        help="Only tasks whose name contains this.",
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
        aliases=("--task-group",),
        metavar="GROUP_ID",
    ),
    MAP_INDICES,
)

SELECTION = (
    opt("-t", "--task-regex", help="Only tasks whose id matches this.", convert=regex, metavar="REGEX"),
    opt(
        "--task-id",
        help="Only this task, or any of several.",
        repeatable=True,
        complete="task",
        convert=identifier,
        metavar="TASK_ID",
    ),
    opt(
        "--group",
        help="Only the tasks of this group, or of any of several.",
        repeatable=True,
        complete="task group",
        convert=identifier,
        metavar="GROUP_ID",
    ),
)

# None and -1 differ: for a mapped task -1 is an instance that there is not, None all of them.
INSTANCE_OF = MAP_INDEX._replace(default=None, help="Only this instance of a mapped task; else all of them.")
