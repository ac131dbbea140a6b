"""The logs of a run's tasks: read, or followed."""

from __future__ import annotations

from airflowctl.core.errors import DONE, FAILED_WAIT
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import index_of
from airflowctl.domain.logs.dag_source import Code
from airflowctl.domain.logs.filters import choose_lines
from airflowctl.domain.logs.follow import Pause, rest_at_pauses
from airflowctl.domain.logs.log_options import LogOptions, choice, is_for_eyes
from airflowctl.domain.logs.run_logs import RunFollower, Selection, instance_in, instances, merge_logs
from airflowctl.domain.tasks.lookup import tries_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session


def read(
    session: Session,
    dag_id: str,
    run_id: str,
    picked: Selection,
    options: LogOptions,
    is_every_try: bool = False,
) -> Generator[Line | None, None, int]:
    records = [
        instance
        for instance in instances(session, dag_id, run_id)
        # An instance that has not begun has no try to read.
        if picked.takes(instance) and instance.get("try_number")
    ]
    if not records:
        session.output.note(f"no task of {run_id} {'failed' if picked.failed else 'has a log yet'}")
    if is_every_try:
        records = list_tries(session, dag_id, run_id, records)
    lines = merge_logs(session, dag_id, run_id, records)
    yield from render_run(session, dag_id, run_id, lines, options, records)
    return DONE


def list_tries(
    session: Session, dag_id: str, run_id: str, records: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return every try of these instances; the server is asked for them where there was more than one."""
    tries: list[dict[str, Any]] = []
    for record in records:
        path = {"dag_id": dag_id, "dag_run_id": run_id, "task_id": str(record["task_id"])}
        is_only_try = (record.get("try_number") or 0) < 2
        tries += [record] if is_only_try else tries_of(session, path, index_of(record))
    return tries


def render_run(
    session: Session,
    dag_id: str,
    run_id: str,
    lines: Iterable[Line],
    options: LogOptions,
    records: Iterable[dict[str, Any]],
) -> Iterator[Line | None]:
    """Yield the lines of a run's log that the options want; `records` tell the versions of the Dag."""
    versions = {instance_in(dag_id, run_id, instance): instance for instance in records}
    return _render_steps(session, dag_id, run_id, lines, options, versions.get)


def follow_run(
    session: Session, dag_id: str, run_id: str, picked: Selection, options: LogOptions
) -> Generator[Line | None, None, int]:
    follower = RunFollower(session, dag_id, run_id, picked)
    again = suggest("dagrun", "logs", dag_id, run_id, "-f")
    session.parts.interrupt_hint = f"no longer following; the run continues; look again with: {again}"
    yield from _render_steps(session, dag_id, run_id, follower.steps(), options, follower.records.get)
    # The run is over: from here on Ctrl-C leaves nothing behind that continues.
    session.parts.interrupt_hint = ""
    session.output.note(f"{run_id}: {follower.run['state']}")
    return DONE if follower.run["state"] == "success" else FAILED_WAIT


def _render_steps(
    session: Session,
    dag_id: str,
    run_id: str,
    steps: Iterable[Line | Pause],
    options: LogOptions,
    lookup: Callable[[Any], dict[str, Any] | None],
) -> Iterator[Line | None]:
    def version(line: Line) -> Any:
        record = lookup(instance_in(dag_id, run_id, line._asdict())) or {}
        return (record.get("dag_version") or {}).get("version_number")

    code = Code(session, dag_id, version)
    steps = choose_lines(code.learn(steps), choice(options))
    return rest_at_pauses(code.add_code(steps) if is_for_eyes(session, options) else steps, options.interval)
