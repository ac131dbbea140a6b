"""The logs of a run's tasks as one."""

from __future__ import annotations

from airflowctl.commands._lines import line
from airflowctl.commands.dagrun import DAG_ID, RUN_OR_NEWEST, the_run
from airflowctl.commands.logs import ABOUT, FOLLOW, choice, form, how, is_for_eyes
from airflowctl.commands.logs.choosing import chosen
from airflowctl.commands.logs.code import Code
from airflowctl.commands.logs.follow import Pause, paced
from airflowctl.commands.logs.many import Picked, RunFollower, instance_in, instances, merged
from airflowctl.core.command import command, flag, opt
from airflowctl.core.display import Line, Log
from airflowctl.core.errors import DONE, FAILED_WAIT, Interrupted
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session import Session

_INTERVAL = 0.25  # seconds from one request to the next, of which each is for one task


@command(
    "dagrun logs",
    "Print the logs of a run's tasks in the order of time, or follow the run until it ends.",
    DAG_ID,
    RUN_OR_NEWEST,
    opt(
        "--task", help="Only tasks in whose id this is found, or any of several.", many=True,
        convert=regex, complete="task", metavar="REGEX",
    ),
    flag("--failed", help="Only tasks that failed."),
    FOLLOW,
    *how(_INTERVAL),
    op="get_task_instances",
    uses=("get_log", "get_dag_runs", "get_dag_run", "get_dag_source"),
    about=f"Of each task its last try. {ABOUT}",
    examples=("airflowctl dagrun logs etl latest -f", "airflowctl dagrun logs etl --failed --level warning"),
)  # fmt: skip
def logs(session: Session, **given: Any) -> Log:
    dag_id, picked = given["dag_id"], Picked(given["task"], given["failed"])
    run_id = the_run(session, dag_id, given["run_id"])
    make = _followed if given["follow"] else _read
    return Log(make(session, dag_id, run_id, picked, given), form(given, named=True), live=given["follow"])


def _read(
    session: Session, dag_id: str, run_id: str, picked: Picked, given: dict[str, Any]
) -> Generator[Line | None, None, int]:
    found = [it for it in instances(session, dag_id, run_id) if picked.takes(it) and it.get("try_number")]
    if not found:
        session.output.note(f"no task of {run_id} {'failed' if picked.failed else 'has a log yet'}")
    versions = {instance_in(dag_id, run_id, it): it for it in found}
    lines = merged(session, dag_id, run_id, found)
    yield from _told(session, dag_id, run_id, lines, given, versions.get)
    return DONE


def _followed(
    session: Session, dag_id: str, run_id: str, picked: Picked, given: dict[str, Any]
) -> Generator[Line | None, None, int]:
    follower = RunFollower(session, dag_id, run_id, picked)
    try:
        yield from _told(session, dag_id, run_id, follower.steps(), given, follower.found.get)
    except KeyboardInterrupt:
        again = line("dagrun", "logs", dag_id, run_id, "-f")
        raise Interrupted("no longer following; the run goes on", f"look again with: {again}") from None
    session.output.note(f"{run_id}: {follower.run['state']}")
    return DONE if follower.run["state"] == "success" else FAILED_WAIT


def _told(
    session: Session,
    dag_id: str,
    run_id: str,
    steps: Iterable[Line | Pause],
    given: dict[str, Any],
    found: Callable[[Any], dict[str, Any] | None],
) -> Iterator[Line | None]:
    def version(line: Line) -> Any:
        it = found(instance_in(dag_id, run_id, line._asdict())) or {}
        return (it.get("dag_version") or {}).get("version_number")

    code = Code(session, dag_id, version)
    steps = chosen(code.heard(steps), choice(given))
    return paced(code.told(steps) if is_for_eyes(session, given) else steps, given["interval"])
