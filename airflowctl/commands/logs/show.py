"""`logs`: the log of one task in a run, or of one instance of a mapped one."""

from __future__ import annotations

from airflowctl.commands._lines import line
from airflowctl.commands.dagrun import DAG_ID, RUN_OR_NEWEST, the_run
from airflowctl.commands.logs import ABOUT, FOLLOW, choice, form, how, is_for_eyes
from airflowctl.commands.logs.choosing import chosen
from airflowctl.commands.logs.code import Code
from airflowctl.commands.logs.follow import INTERVAL, Follower, Pause, ended, outcome, paced
from airflowctl.commands.logs.reading import Instance, Try
from airflowctl.commands.tasks import MAP_INDEX, TASK_ID, instance, tries_of
from airflowctl.core.command import command, opt
from airflowctl.core.display import Line, Log
from airflowctl.core.errors import DONE, Interrupted, NotFound
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import whole_number

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session import Session

ALL = "all"


def try_number(text: str) -> int | str:
    """`2` -> 2, or `all`."""
    if text == ALL:
        return ALL
    if (number := whole_number(text)) == 0:
        raise ValueError("tries are counted from 1")
    return number


SUMMARY = "Print the log of a task in a run, or follow it until the task ends."
PARAMS = (
    DAG_ID,
    TASK_ID,
    RUN_OR_NEWEST,
    MAP_INDEX,
    opt(
        "--try", help="Of this try, or of `all`; the last if not given.", name="number",
        convert=try_number, complete="try", metavar="N",
    ),
    FOLLOW,
    *how(INTERVAL),
)  # fmt: skip
FACTS: dict[str, Any] = {
    "op": "get_log",
    "uses": (
        "get_task_instance", "get_mapped_task_instance", "get_task_instance_tries",
        "get_mapped_task_instance_tries", "get_dag_runs", "get_dag_run", "get_dag_source", "get_task",
    ),
    "about": ABOUT,
}  # fmt: skip


def show(session: Session, **given: Any) -> Log:
    dag_id, number = given["dag_id"], given["number"]
    one = Instance(dag_id, the_run(session, dag_id, given["run_id"]), given["task_id"], given["map_index"])
    made = _followed(session, one, given) if given["follow"] else _read(session, one, number, given)
    return Log(made, form(given), live=given["follow"])


def _read(
    session: Session, one: Instance, number: int | str | None, given: dict[str, Any]
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
        session, one, (told for it in numbers for told in _lines(session, one, it)), given, version
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
        why = line("dagrun", "logs", one.dag_id, one.run_id, "--failed")
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


def _followed(session: Session, one: Instance, given: dict[str, Any]) -> Generator[Line | None, None, int]:
    number = given["number"]
    follower = Follower(session, one, number=number if isinstance(number, int) else None, every=number == ALL)

    def version(_: Line) -> Any:
        return (follower.found.get("dag_version") or {}).get("version_number")

    try:
        yield from _told(session, one, follower.steps(), given, version)
    except KeyboardInterrupt:
        again = f"look again with: {_follow_line(one)}"
        raise Interrupted("no longer following; the task goes on", again) from None
    session.output.note(ended(one, follower.found))
    return outcome(follower.found)


def _told(
    session: Session, one: Instance, steps: Iterable[Line | Pause], given: dict[str, Any], version: Any
) -> Iterator[Line | None]:
    """The lines that are wanted, with the Dag's own lines where somebody reads them."""
    code = Code(session, one.dag_id, version)
    steps = chosen(code.heard(steps), choice(given))
    return paced(code.told(steps) if is_for_eyes(session, given) else steps, given["interval"])


logs = command("logs", SUMMARY, *PARAMS, **FACTS, examples=("airflowctl logs etl load -f",))(show)
