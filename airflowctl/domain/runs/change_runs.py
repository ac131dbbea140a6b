"""Changing many runs: which a line means, and what came of each."""

from __future__ import annotations

from airflowctl.core.errors import ServerRefused, UsageError
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, format_list
from airflowctl.domain.runs.lookup import ALL_DAGS, fetch_runs, the_run

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


# SQLite lets others write only between requests: a larger one would hold up the scheduler.
_MOST = 100  # in one request


def choose_runs(
    session: Session, dag_id: str, run_ids: tuple[str, ...], filters: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the runs of the Dag, or of all Dags, that were named or that the filters leave."""
    is_filtered = any(value not in (None, ()) for value in filters.values())
    # Neither named nor chosen would be all runs of the Dag.
    if bool(run_ids) == is_filtered:
        raise UsageError("which runs?", "name them, or choose them by --state, --run-type and dates")
    if is_filtered:
        return list(fetch_runs(session, dag_id, filters))
    if dag_id == ALL_DAGS:
        raise UsageError(
            "a run of which Dag?", f"with '{ALL_DAGS}' choose runs by --state, --run-type and dates"
        )
    ids = dict.fromkeys(the_run(session, dag_id, run_id) for run_id in run_ids)
    return [_fetch_run(session, dag_id, run_id) for run_id in ids]


def _fetch_run(session: Session, dag_id: str, run_id: str) -> dict[str, Any]:
    op = "get_dag_run"
    run = session.api.record(op, "dag_run_id", dag_id=dag_id, dag_run_id=run_id)
    # What the answer names is changed or deleted next.
    if run["dag_run_id"] != run_id:
        raise session.api.unexpected_response(op, "about another run")
    return run


def describe_runs(dag_id: str, runs: list[dict[str, Any]]) -> tuple[str, str]:
    """Return how many runs of which Dag these are, and their names; of all Dags how many of each."""
    count = format_count(len(runs), "run")
    if dag_id != ALL_DAGS:
        return f"{count} of {dag_id}", f"Named: {format_list(str(run['dag_run_id']) for run in runs)}"
    runs_by_dag = _by_dag(runs)
    counts = format_list(f"{len(dag_runs)} of {name}" for name, dag_runs in runs_by_dag.items())
    return f"{count} of {format_count(len(runs_by_dag), 'Dag')}", f"These are {counts}"


def plan_columns(dag_id: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of a plan: of all Dags with the Dag of each run."""
    return ("dag_id", *columns) if dag_id == ALL_DAGS else columns


def _by_dag(runs: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    runs_by_dag: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        runs_by_dag.setdefault(str(run["dag_id"]), []).append(run)
    return runs_by_dag


def change_runs(
    session: Session, dag_id: str, runs: list[dict[str, Any]], action: str, body: dict[str, Any]
) -> Rows:
    """Do it to each run, Dag by Dag, and tell what came of each; exit 1 if one failed."""
    from airflowctl.domain.bulk_results import outcomes

    if dag_id != ALL_DAGS:
        return outcomes(_change(session, dag_id, runs, action, body), "dag_run_id")
    rows: list[dict[str, Any]] = []
    for name, dag_runs in _by_dag(runs).items():
        rows += [{"dag_id": name, **row} for row in _change(session, name, dag_runs, action, body)]
        session.parts.progress.show(len(rows), len(runs))
    return outcomes(rows, "dag_run_id", "dag_id")


def _change(
    session: Session, dag_id: str, runs: list[dict[str, Any]], action: str, body: dict[str, Any]
) -> list[dict[str, Any]]:
    from airflowctl.api.operations import version_key
    from airflowctl.domain.bulk_results import FAILED

    ids = [str(run["dag_run_id"]) for run in runs]
    together = len(ids) > 1 and version_key(session.api.version())[:2] >= (3, 3)
    errors = (_together if together else _one_by_one)(session, dag_id, ids, action, body)
    done = "deleted" if action == "delete" else f"now {body['state']}"
    return [
        {"dag_run_id": run_id, "result": FAILED if run_id in errors else done, "reason": errors.get(run_id)}
        for run_id in ids
    ]


def _together(
    session: Session, dag_id: str, ids: list[str], action: str, body: dict[str, Any]
) -> dict[str, str]:
    """Send the changes in few requests, an action each: one is done for all of its runs or for none."""
    from airflowctl.domain.bulk_results import NO_REASON, reasons

    errors: dict[str, str] = {}
    for first in range(0, len(ids), _MOST):
        part = ids[first : first + _MOST]
        actions = [{"action": action, "entities": [{"dag_run_id": text, **body}]} for text in part]
        answer = session.api.record("bulk_dag_runs", action, body={"actions": actions}, dag_id=dag_id)
        message = answer[action] or {}
        done, why = set(message.get("success") or ()), reasons(message, part)
        # The errors of a bulk answer need not name the run; what was done is listed by its whole key.
        undone = (run_id for run_id in part if f"{dag_id}.{run_id}" not in done)
        errors |= {run_id: why.get(run_id, NO_REASON) for run_id in undone}
        session.parts.progress.show(min(first + _MOST, len(ids)), len(ids))
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
            # One refusal is the error of the line; of several each is a row, as the others were done.
            if len(ids) == 1:
                raise
            errors[run_id] = error.message
    return errors
