"""What a task got from the tasks before it, and what it handed on."""

from __future__ import annotations

from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.parallel import of_each

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_MOST = 30  # values: each is a request


def around(session: Session, path: dict[str, Any], index: int, task_id: str = "") -> Rows:
    """Return the XComs of the task and of those right before it, or of the task that is named, with their
    values."""
    dag_id, own_id = path["dag_id"], str(path["task_id"])
    if task_id:
        sides = [("of it", task_id)]
    else:
        tasks = session.api.pages("get_tasks", "tasks", dag_id=dag_id)
        before = [str(task["task_id"]) for task in tasks if own_id in (task.get("downstream_task_ids") or ())]
        sides = [*(("in", name) for name in before), ("out", own_id)]

    def list_side(side: tuple[str, str]) -> list[dict[str, Any]]:
        records = session.api.pages(
            "get_xcom_entries", "xcom_entries", limit=_MOST, **{**path, "task_id": side[1]}
        )
        return [
            {
                "direction": side[0],
                "task_id": side[1],
                "key": record.get("key"),
                "map_index": record.get("map_index", -1),
            }
            for record in records
            if side[0] != "out" or index < 0 or record.get("map_index", -1) == index
        ]

    entries: list[dict[str, Any]] = []
    for part in of_each(list_side, sides):
        if part.error:
            raise part.error
        entries += part.value
    shown = entries[:_MOST]
    for entry, part in zip(
        shown, of_each(lambda candidate: _entry(session, path, candidate), shown), strict=True
    ):
        entry["value"] = f"({part.error.message})" if part.error else part.value
    if len(entries) > len(shown):
        session.output.note(f"{len(entries) - len(shown)} more XComs; see: xcoms TASK KEY")
    columns = ("direction", "task_id", "key", "map_index", "value")
    if all(entry["map_index"] == -1 for entry in shown):
        columns = ("direction", "task_id", "key", "value")  # type: ignore[assignment]
    return Rows(shown, columns, "key", empty="no XComs")


def value(session: Session, path: dict[str, Any], key: str) -> Text:
    """Return one value, whole, as JSON."""
    from json import dumps

    result = _entry(session, path, {"task_id": path["task_id"], "key": key, "map_index": -1})
    return Text(dumps(result, ensure_ascii=False, indent=2))


def _entry(session: Session, path: dict[str, Any], entry: dict[str, Any]) -> Any:
    where = {"dag_id": path["dag_id"], "dag_run_id": path["dag_run_id"], "task_id": entry["task_id"]}
    query = {"map_index": entry["map_index"], "stringify": False}
    return session.api.record("get_xcom_entry", "value", query=query, xcom_key=entry["key"], **where)["value"]
