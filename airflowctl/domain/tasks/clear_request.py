"""Which tasks `tasks clear` means in which Dags, and the request that clears them."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import index_of
from airflowctl.domain.runs.lookup import dag_regex, the_run

if TYPE_CHECKING:
    from typing import Any

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
    now: bool
    dag_regex: bool
    bundle_name: tuple[str, ...]
    run_on_latest_version: bool | None
    prevent_running_task: bool
    note: str | None
    exclude_subdags: bool
    exclude_parentdag: bool
    follow: bool
    dry_run: bool


def clear_body(values: ClearValues) -> dict[str, Any]:
    """Return what is the same for all Dags. The API's own defaults are the opposite: nothing is left to
    them."""
    from airflowctl.domain.crud import drop_unset

    always = ("only_failed", "only_running", "include_upstream", "include_downstream")
    body: dict[str, Any] = {"reset_dag_runs": True, **{name: getattr(values, name) for name in always}}
    for name in ("include_past", "include_future"):
        if getattr(values, name) and values.run_id is None:
            raise UsageError("--past and --future are said of a run", "give --run-id too")
        body[name] = getattr(values, name)
    if values.now and values.run_id is None:
        raise UsageError("--now is said of a run", "give --run-id too")
    others = (values.only_failed, values.only_running, values.include_past, values.include_future)
    if values.now and any(others):
        words = "--now chooses the tasks of one run that are between two tries"
        raise UsageError(words, "leave -f, -r, --past and --future out")
    # Older servers lack these, and would refuse them.
    body |= drop_unset(
        run_on_latest_version=values.run_on_latest_version,
        prevent_running_task=values.prevent_running_task or None,
    )
    dates = drop_unset(start_date=values.start_date, end_date=values.end_date)
    if dates and values.run_id is not None:
        raise UsageError("--run-id and dates together choose nothing", "give one of them")
    return {**body, **dates}


def match_dags(session: Session, values: ClearValues) -> list[str]:
    """Return the Dags that are meant; one unless DAG_ID is a regular expression."""
    if not values.dag_regex:
        return [values.dag_id]
    wanted, record = dag_regex(values.dag_id), {}
    # The filter takes one bundle, and of several the server uses the last.
    for bundle in values.bundle_name or (None,):
        query = {"bundle_name": bundle, "order_by": "dag_id"}
        record.update(
            dict.fromkeys(dag["dag_id"] for dag in session.api.pages("get_dags", "dags", query=query))
        )
    return [dag_id for dag_id in record if wanted.search(dag_id)]


def body_for_dag(
    session: Session, dag_id: str, body: dict[str, Any], values: ClearValues
) -> dict[str, Any] | None:
    """Return the body for one Dag; None where it has no such task."""
    from airflowctl.domain.tasks.selection import select_tasks

    body = dict(body)
    if values.run_id is not None:
        body["dag_run_id"] = the_run(session, dag_id, values.run_id)
    chosen = select_tasks(session, dag_id, values.task_id, values.group, values.task_regex)
    if chosen is None:
        if values.map_index:
            raise UsageError("--map-index is said of a task", "give --task-id or --task-regex too")
        return body
    map_indexes = values.map_index
    # An instance of a mapped task is a pair of its task and its index in this body.
    marked = [[name, number] for name in chosen for number in map_indexes] if map_indexes else chosen
    return {**body, "task_ids": marked} if chosen else None


def keep_retries(
    body: dict[str, Any], records: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the body and the plan for those of the planned instances that wait for their next try."""
    kept = [record for record in records if record.get("state") == "up_for_retry"]
    marked = [
        record["task_id"] if index_of(record) < 0 else [record["task_id"], index_of(record)]
        for record in kept
    ]
    chosen = {"task_ids": marked, "include_upstream": False, "include_downstream": False}
    return {**body, **chosen}, kept


def send_clear(session: Session, dag_id: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    op = "post_clear_task_instances"
    records: list[dict[str, Any]] = session.api.record(op, "task_instances", body=body, dag_id=dag_id)[
        "task_instances"
    ]
    return records
