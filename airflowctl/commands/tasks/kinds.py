"""Kinds of names that tasks have: those of a run, groups, and what the tasks of late ran on."""

from __future__ import annotations

from airflowctl.core.kinds import Names, names
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

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
    """The groups that a task is in, by its id: `load.users.copy` is in `load` and `load.users`."""
    parts = str(task.get("task_id", "")).split(".")
    yield from ((".".join(parts[:length]), "") for length in range(1, len(parts)))


GROUP = names("task group", op="get_tasks", items="tasks", key="", scope={"dag_id": "dag"}, read=_groups)


def _of_instances(kind: str, key: str) -> Names:
    """A kind of name that the tasks have that ran last: no operation lists these."""
    return names(
        kind,
        op="get_task_instances",
        items="task_instances",
        key=key,
        query={"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS},
        order="-start_date",
        fresh=300.0,
        most=100,
    )


QUEUE = _of_instances("queue", "queue")
EXECUTOR = _of_instances("executor", "executor")
OPERATOR = _of_instances("operator", "operator")
