"""What all that clears has in common: it shows what it would be, asks, and may watch what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import MOST, format_list, instance_name
from airflowctl.domain.runs.watch_run import watch_run

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Watch
    from airflowctl.session.session import Session


def confirm(session: Session, plan: Sequence[Mapping[str, Any]], text: str, line: str) -> None:
    """Ask, after a list of the task instances by run; `text` is the sentence with their number."""
    session.console.require_user(line)
    if not session.options.yes:
        by_run: dict[str, list[Mapping[str, Any]]] = {}
        for instance in plan:
            by_run.setdefault(str(instance.get("dag_run_id") or "new tasks"), []).append(instance)
        for run_id, records in list(by_run.items())[:MOST]:
            session.output.note(f"  {run_id}: {format_list(map(instance_name, records))}")
        if len(by_run) > MOST:
            session.output.note(f"  and {len(by_run) - MOST} more runs; --dry-run shows all")
    session.console.confirm(text, line)


def the_one(runs: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Return the Dag and the run to follow. Raises UsageError where there are several: nothing was
    cleared."""
    result = sorted(set(runs))
    if len(result) > 1:
        raise UsageError(
            f"--follow watches one run, and this would clear {len(result)}",
            f"choose one, or leave --follow out and see: {suggest('dagrun', 'list', '--state', 'running')}",
        )
    return result[0]


def follow(session: Session, dag_id: str, run_id: str) -> Watch:
    """Return the run from now on, as it is after it was cleared."""
    run = session.api.record("get_dag_run", "state", dag_id=dag_id, dag_run_id=run_id)
    return watch_run(session, dag_id, run)
