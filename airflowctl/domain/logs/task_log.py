"""The log of one task: read, or followed."""

from __future__ import annotations

from airflowctl.core.errors import DONE, Interrupted, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.logs.dag_source import Code
from airflowctl.domain.logs.filters import chosen
from airflowctl.domain.logs.follow import Follower, Pause, ended, outcome, paced
from airflowctl.domain.logs.log_options import ALL, LogOptions, choice, is_for_eyes
from airflowctl.domain.logs.try_log import Instance, Try
from airflowctl.domain.tasks.lookup import instance, tries_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session


def read(
    session: Session, one: Instance, number: int | str | None, options: LogOptions
) -> Generator[Line | None, None, int]:
    found: dict[str, Any] = {}
    numbers = [number] if isinstance(number, int) else []
    if number == ALL:
        tries = tries_of(session, one.place, one.map_index)
        numbers = [int(it["try_number"]) for it in tries if it.get("try_number")]
    elif number is None:
        found = instance(session, one.place, one.map_index)
        numbers = [int(found["try_number"])] if found.get("try_number") else []
    if not numbers:
        raise _nothing_yet(one, found.get("state"))

    def version(_: Line) -> Any:
        now = found or instance(session, one.place, one.map_index)
        return (now.get("dag_version") or {}).get("version_number")

    yield from _told(
        session, one, (told for it in numbers for told in _lines(session, one, it)), options, version
    )
    return DONE


def _lines(session: Session, one: Instance, number: int) -> Iterator[Line]:
    try:
        yield from Try(session, one, number).whole()
    except NotFound as error:
        if error.message != "TaskInstance not found":
            raise
        raise NotFound(
            f"{one.name} has no try {number} in {one.run_id}", f"see: {one.line('tasks', 'tries')}"
        ) from None


def _nothing_yet(one: Instance, state: Any) -> NotFound:
    if state in ("skipped", "upstream_failed", "removed"):
        why = suggest("dagrun", "logs", one.dag_id, one.run_id, "--failed")
        return NotFound(
            f"{one.name} did not run in {one.run_id} ({state}): there is no log",
            f"see: {why}" if state == "upstream_failed" else "",
        )
    return NotFound(
        f"{one.name} has not started in {one.run_id}: there is no log yet",
        f"wait for it: {_follow_line(one)}",
    )


def _follow_line(one: Instance) -> str:
    return one.line("tasks", "logs", end=("-f",))


def followed(
    session: Session, one: Instance, number: int | str | None, options: LogOptions
) -> Generator[Line | None, None, int]:
    follower = Follower(session, one, number=number if isinstance(number, int) else None, every=number == ALL)

    def version(_: Line) -> Any:
        return (follower.found.get("dag_version") or {}).get("version_number")

    try:
        yield from _told(session, one, follower.steps(), options, version)
    except KeyboardInterrupt:
        again = f"look again with: {_follow_line(one)}"
        raise Interrupted("no longer following; the task goes on", again) from None
    session.output.note(ended(one, follower.found))
    return outcome(follower.found)


def _told(
    session: Session, one: Instance, steps: Iterable[Line | Pause], options: LogOptions, version: Any
) -> Iterator[Line | None]:
    """The lines that are wanted, with the Dag's own lines where somebody reads them."""
    code = Code(session, one.dag_id, version)
    steps = chosen(code.heard(steps), choice(options))
    return paced(code.told(steps) if is_for_eyes(session, options) else steps, options.interval)
