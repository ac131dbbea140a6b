"""Which tasks of a Dag are meant: by id, by group, or by regular expression."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def select_tasks(
    session: Session, dag_id: str, named: tuple[str, ...], groups: tuple[str, ...], wanted: Any
) -> list[str] | None:
    """Return the ids of the tasks that any of these options means, of which the last is a pattern; None
    where none of them is on the line."""
    if not (named or groups or wanted):
        return None
    chosen = dict.fromkeys(named)
    if groups or wanted:
        # With the dot, or the group `load` would take the tasks of `load_all` too.
        inside = tuple(f"{group}." for group in groups)
        for task in session.api.pages("get_tasks", "tasks", dag_id=dag_id):
            name = str(task["task_id"])
            if name.startswith(inside) or (wanted and wanted.search(name)):
                chosen[name] = None
    return list(chosen)
