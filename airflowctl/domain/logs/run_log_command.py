"""The logs of a run's tasks: read, or followed."""

from __future__ import annotations

from airflowctl.core.errors import DONE, FAILED_WAIT, Interrupted
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.logs.dag_source import Code
from airflowctl.domain.logs.filters import chosen
from airflowctl.domain.logs.follow import Pause, paced
from airflowctl.domain.logs.log_options import LogOptions, choice, is_for_eyes
from airflowctl.domain.logs.run_logs import Picked, RunFollower, instance_in, instances, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session


def read(
    session: Session, dag_id: str, run_id: str, picked: Picked, options: LogOptions
) -> Generator[Line | None, None, int]:
    found = [it for it in instances(session, dag_id, run_id) if picked.takes(it) and it.get("try_number")]
    if not found:
        session.output.note(f"no task of {run_id} {'failed' if picked.failed else 'has a log yet'}")
    versions = {instance_in(dag_id, run_id, it): it for it in found}
    lines = merged(session, dag_id, run_id, found)
    yield from _told(session, dag_id, run_id, lines, options, versions.get)
    return DONE


def followed(
    session: Session, dag_id: str, run_id: str, picked: Picked, options: LogOptions
) -> Generator[Line | None, None, int]:
    follower = RunFollower(session, dag_id, run_id, picked)
    try:
        yield from _told(session, dag_id, run_id, follower.steps(), options, follower.found.get)
    except KeyboardInterrupt:
        again = suggest("dagrun", "logs", dag_id, run_id, "-f")
        raise Interrupted("no longer following; the run goes on", f"look again with: {again}") from None
    session.output.note(f"{run_id}: {follower.run['state']}")
    return DONE if follower.run["state"] == "success" else FAILED_WAIT


def _told(
    session: Session,
    dag_id: str,
    run_id: str,
    steps: Iterable[Line | Pause],
    options: LogOptions,
    found: Callable[[Any], dict[str, Any] | None],
) -> Iterator[Line | None]:
    def version(line: Line) -> Any:
        it = found(instance_in(dag_id, run_id, line._asdict())) or {}
        return (it.get("dag_version") or {}).get("version_number")

    code = Code(session, dag_id, version)
    steps = chosen(code.heard(steps), choice(options))
    return paced(code.told(steps) if is_for_eyes(session, options) else steps, options.interval)
