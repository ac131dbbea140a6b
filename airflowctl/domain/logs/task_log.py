"""The log of one task: read, or followed."""

from __future__ import annotations

from airflowctl.core.errors import DONE, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.logs.dag_source import Code
from airflowctl.domain.logs.filters import choose_lines
from airflowctl.domain.logs.follow import Follower, Pause, format_end, outcome, rest_at_pauses
from airflowctl.domain.logs.log_options import ALL, LogOptions, choice, is_for_eyes
from airflowctl.domain.logs.try_log import Instance, Try
from airflowctl.domain.tasks.lookup import instance, tries_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session


def read(
    session: Session, instance_key: Instance, number: int | str | None, options: LogOptions
) -> Generator[Line | None, None, int]:
    record: dict[str, Any] = {}
    numbers = [number] if isinstance(number, int) else []
    if number == ALL:
        tries = tries_of(session, instance_key.path, instance_key.map_index)
        numbers = [int(attempt["try_number"]) for attempt in tries if attempt.get("try_number")]
    elif number is None:
        record = instance(session, instance_key.path, instance_key.map_index)
        numbers = [int(record["try_number"])] if record.get("try_number") else []
    if not numbers:
        raise _nothing_yet(instance_key, record.get("state"))

    def version(_: Line) -> Any:
        # The version is looked up when the first traceback comes: most logs have none.
        latest = record or instance(session, instance_key.path, instance_key.map_index)
        return (latest.get("dag_version") or {}).get("version_number")

    yield from _render_steps(
        session,
        instance_key,
        (line for try_number in numbers for line in _lines(session, instance_key, try_number)),
        options,
        version,
    )
    return DONE


def _lines(session: Session, instance: Instance, number: int) -> Iterator[Line]:
    try:
        yield from Try(session, instance, number).whole()
    except NotFound as error:
        # The same 404 says that the Dag or the run is unknown: only this text is about the try.
        if error.message != "TaskInstance not found":
            raise
        raise NotFound(
            f"{instance.name} has no try {number} in {instance.run_id}",
            f"see: {instance.line('tasks', 'tries')}",
        ) from None


def _nothing_yet(instance: Instance, state: Any) -> NotFound:
    # These never ran and never will: to wait for their log would be to wait for ever.
    if state in ("skipped", "upstream_failed", "removed"):
        why = suggest("dagrun", "logs", instance.dag_id, instance.run_id, "--failed")
        return NotFound(
            f"{instance.name} did not run in {instance.run_id} ({state}): there is no log",
            f"see: {why}" if state == "upstream_failed" else "",
        )
    return NotFound(
        f"{instance.name} has not started in {instance.run_id}: there is no log yet",
        f"wait for it: {_follow_line(instance)}",
    )


def _follow_line(instance: Instance) -> str:
    return instance.line("tasks", "logs", end=("-f",))


def follow_task(
    session: Session, instance: Instance, number: int | str | None, options: LogOptions
) -> Generator[Line | None, None, int]:
    follower = Follower(
        session, instance, number=number if isinstance(number, int) else None, every=number == ALL
    )

    def version(_: Line) -> Any:
        return (follower.record.get("dag_version") or {}).get("version_number")

    again = f"look again with: {_follow_line(instance)}"
    session.parts.interrupt_hint = f"no longer following; the task continues; {again}"
    yield from _render_steps(session, instance, follower.steps(), options, version)
    # The task is over by now, so Ctrl-C has nothing left to say that it continues.
    session.parts.interrupt_hint = ""
    session.output.note(format_end(instance, follower.record))
    return outcome(follower.record)


def _render_steps(
    session: Session, instance: Instance, steps: Iterable[Line | Pause], options: LogOptions, version: Any
) -> Iterator[Line | None]:
    """Return the lines that are wanted, with the Dag's own lines where a user reads them."""
    code = Code(session, instance.dag_id, version)
    steps = choose_lines(code.learn(steps), choice(options))
    return rest_at_pauses(code.add_code(steps) if is_for_eyes(session, options) else steps, options.interval)
