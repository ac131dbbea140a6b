"""The logs of a run's tasks: read, or followed."""

from __future__ import annotations

from airflowctl.core.errors import DONE, FAILED_WAIT
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.logs.dag_source import Code
from airflowctl.domain.logs.filters import choose_lines
from airflowctl.domain.logs.follow import Pause, rest_at_pauses
from airflowctl.domain.logs.log_options import LogOptions, choice, is_for_eyes
from airflowctl.domain.logs.run_logs import RunFollower, Selection, instance_in, instances, merge_logs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session


def read(
    session: Session, dag_id: str, run_id: str, picked: Selection, options: LogOptions
) -> Generator[Line | None, None, int]:
    records = [
        instance
        for instance in instances(session, dag_id, run_id)
        if picked.takes(instance) and instance.get("try_number")
    ]
    if not records:
        session.output.note(f"no task of {run_id} {'failed' if picked.failed else 'has a log yet'}")
    versions = {instance_in(dag_id, run_id, instance): instance for instance in records}
    lines = merge_logs(session, dag_id, run_id, records)
    yield from _render_steps(session, dag_id, run_id, lines, options, versions.get)
    return DONE


def follow_run(
    session: Session, dag_id: str, run_id: str, picked: Selection, options: LogOptions
) -> Generator[Line | None, None, int]:
    follower = RunFollower(session, dag_id, run_id, picked)
    again = suggest("dagrun", "logs", dag_id, run_id, "-f")
    session.parts.interrupt_hint = f"no longer following; the run goes on; look again with: {again}"
    yield from _render_steps(session, dag_id, run_id, follower.steps(), options, follower.records.get)
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
