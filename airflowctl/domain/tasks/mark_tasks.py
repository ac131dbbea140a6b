"""The instances that `tasks mark-all` means, and what came of each."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import ALL_DAGS
from airflowctl.domain.tasks.lookup import UNMAPPED

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def choose_instances(
    session: Session,
    index: dict[str, Any],
    ids: list[str] | None,
    state: tuple[str, ...],
    indices: tuple[int, ...],
) -> Iterator[dict[str, Any]]:
    """Yield the instances of a run: of the tasks with these ids, of all for None."""
    # No task was found: without this line the request would mean all of them.
    if ids == []:
        return
    ids = ids or []
    if len(ids) > 1:
        from airflowctl.domain.batch_requests import batch_pages

        body = {"dag_ids": [index["dag_id"]], "dag_run_ids": [index["dag_run_id"]], "task_ids": list(ids)}
        body |= {"state": list(state)} if state else {}
        path: dict[str, Any] = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
        records = batch_pages(session, "get_task_instances_batch", "task_instances", body, **path)
        yield from (record for record in records if not indices or record["map_index"] in indices)
        return
    query = {
        "state": state,
        "order_by": "start_date",
        "map_index": indices,
        "task_id": ids[0] if ids else None,
    }
    yield from session.api.pages("get_task_instances", "task_instances", query=query, **index)


def list_results(instances: list[dict[str, Any]], response: dict[str, Any], new_state: str) -> Rows:
    """Return what came of each instance; exit 1 if one failed. `instances` are in the order they were
    sent."""
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
