"""The logs of several tasks of a run as one: in the order of time, or as they come."""

from __future__ import annotations

import time
from functools import partial
from heapq import heappop, heappush

from airflowctl.core.errors import NotFound
from airflowctl.core.task_order import OVER
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import index_of
from airflowctl.domain.logs.follow import BAD, Follower, Pause, format_end
from airflowctl.domain.logs.log_options import INTERVAL
from airflowctl.domain.logs.try_log import Instance, Try
from airflowctl.domain.polling import StateGuard
from airflowctl.domain.retry import Patience
from airflowctl.domain.runs.lookup import ENDED, RUN_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from airflowctl.core.rich_results import Line
    from airflowctl.session.session import Session

# Bytes of a log that is held, until its turn comes; more goes to a file without a name.
_IN_MEMORY = 256 * 1024
# Each look is a request beside those for the logs, and a run of many tasks takes several pages.
_REFRESH = 1.0  # seconds between two looks at the states of a run's tasks
_TIMES = ("start_date", "end_date", "queued_when", "scheduled_when")
# Queued is left out: such an instance has no log, and a follower of its own would only ask for one.
_STARTED = ("running", "deferred", "restarting", "up_for_retry", "up_for_reschedule")


class Selection(NamedTuple):
    """Which tasks of a run are meant: those in whose id one of the regular expressions is found, those that
    failed."""

    task: tuple[Any, ...] = ()
    failed: bool = False

    def takes(self, record: dict[str, Any]) -> bool:
        state = record.get("state")
        # A task that is up for retry has failed, and will not show it once its next try has begun.
        if self.failed and state not in (*BAD, "up_for_retry"):
            return False
        return not self.task or any(pattern.search(str(record.get("task_id", ""))) for pattern in self.task)


def instances(session: Session, dag_id: str, run_id: str, since: str | None = None) -> list[dict[str, Any]]:
    """Return the instances of a run's tasks, or only those that have changed since."""
    # Only what has changed since: a run may have thousands of instances.
    query = {"order_by": "start_date", "updated_at_gte": since}
    path: dict[str, Any] = {"dag_id": dag_id, "dag_run_id": run_id}
    return list(session.api.pages("get_task_instances", "task_instances", query=query, **path))


def instance_in(dag_id: str, run_id: str, record: dict[str, Any]) -> Instance:
    return Instance(dag_id, run_id, str(record["task_id"]), index_of(record))


def merge_logs(
    session: Session, dag_id: str, run_id: str, records: Iterable[dict[str, Any]]
) -> Iterator[Line]:
    """Yield the logs of these instances, the line that is the oldest first. One log after the other is
    read, each when its turn comes: the server is asked for one thing at a time, and memory is bounded by
    what ran at the same time."""
    waiting = sorted(
        (record for record in records if record.get("try_number")),
        key=lambda entry: _when(entry.get("start_date")),
    )
    waiting.reverse()
    heap: list[tuple[str, int, Line, Iterator[tuple[str, Line]]]] = []
    while waiting or heap:
        while waiting and (not heap or _when(waiting[-1].get("start_date")) <= heap[0][0]):
            record = waiting.pop()
            log = Try(session, instance_in(dag_id, run_id, record), int(record["try_number"]))
            # Read whole when its turn comes: open streams would hold the server's database connections
            # (decision 0034).
            _push(heap, len(waiting), _add_times(_spool(log.whole()), _when(record.get("start_date"))))
        if heap:
            _, order, line, lines = heappop(heap)
            yield line
            _push(heap, order, lines)


def _push(heap: list[Any], order: int, lines: Iterator[tuple[str, Line]]) -> None:
    """The next line of a log to the others; `order` tells those of the same time apart."""
    for moment, line in lines:
        # The order decides between equal times, since lines themselves do not compare.
        heappush(heap, (moment, order, line, lines))
        return


def _when(moment: Any) -> str:
    """Return a time that compares: the server leaves out a fraction that is none, and 'Z' stands after
    '.'."""
    return str(moment or "").removesuffix("+00:00").removesuffix("Z")


def _add_times(lines: Iterable[Line], start: str) -> Iterator[tuple[str, Line]]:
    """Yield each line with its time, or that of the one before it."""
    # Lines before the first timestamp belong to the start of the task, not before all other logs.
    moment = start
    for line in lines:
        # What a task prints may carry an older time of its own; within one log the order of the lines stays.
        moment = max(moment, _when(line.event.get("timestamp")))
        yield moment, line


def _spool(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the same, all read before the first is given."""
    import json
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8") as file:
        # A line's task and try are the same for the whole log, so only its event is written.
        first: Line | None = None
        try:
            for line in lines:
                first = first or line
                file.write(json.dumps(line.event) + "\n")
        except NotFound:
            pass  # a try that came to nothing
        file.seek(0)
        if first is not None:
            for text in file:
                yield first._replace(event=json.loads(text))


class _Walker(NamedTuple):
    """One task that is followed, and when it wants to be asked again."""

    follower: Follower
    steps: Iterator[Line | Pause]
    due: float = 0.0


class RunFollower:
    """Follows the tasks of a run as they start, until the run ends. `run` is how it ended."""

    def __init__(self, session: Session, dag_id: str, run_id: str, picked: Selection) -> None:
        self.run: dict[str, Any] = {}
        self.records: dict[Instance, dict[str, Any]] = {}
        self._session = session
        self._dag_id, self._run_id = dag_id, run_id
        self._picked = picked
        self._walkers: dict[Instance, _Walker] = {}
        self._known: set[Instance] = set()
        self._since = ""
        self._fresh_until = 0.0
        self._patience = Patience(session.output.note)
        self._guard = StateGuard(RUN_STATES)

    def steps(self) -> Iterator[Line | Pause]:
        """Yield the lines, those of tasks that are over first; a pause before each request but the first."""
        self._refresh()
        over = {
            key: record
            for key, record in self.records.items()
            if self._is_new(key) and record.get("state") in OVER
        }
        self._known |= over.keys()
        # What is over is read first, and in order: followers would give it log by log, as answers come.
        yield from merge_logs(self._session, self._dag_id, self._run_id, over.values())
        while True:
            self._begin()
            yield from self._advance()
            if not self._walkers:
                yield Pause()
                with self._patience.over("run"):
                    self.run = self._ask_run()
                self._guard.check(self._run_id, self.run.get("state"))
                if self.run.get("state") in ENDED:
                    yield Pause()
                    with self._patience.over("tasks"):
                        self._refresh()
                        self._begin()
                        if not self._walkers:
                            return
            yield Pause()
            if time.monotonic() >= self._fresh_until:
                with self._patience.over("tasks"):
                    self._refresh()

    def _is_new(self, key: Instance) -> bool:
        record = self.records[key]
        return key not in self._known and bool(record.get("try_number")) and self._picked.takes(record)

    def _begin(self) -> None:
        """Follow what has started, and what was over between two looks."""
        for key, record in self.records.items():
            if self._is_new(key) and record.get("state") in (*_STARTED, *OVER):
                self._known.add(key)
                follower = Follower(
                    self._session, key, look=partial(self._look, key), patience=self._patience
                )
                self._walkers[key] = _Walker(follower, follower.steps())

    def _advance(self) -> Iterator[Line | Pause]:
        """Yield one request for each that is due."""
        for key, walker in list(self._walkers.items()):
            if walker.due > time.monotonic():
                continue
            yield Pause()
            for step in walker.steps:
                if isinstance(step, Pause):
                    self._walkers[key] = walker._replace(due=time.monotonic() + step.times * INTERVAL)
                    break
                yield step
            else:
                del self._walkers[key]
                self._session.output.note(format_end(key, walker.follower.record))

    def _look(self, key: Instance) -> dict[str, Any]:
        """Return how an instance is, as far as that is known: the one listing serves all of them."""
        # One listing serves all followers, so it is renewed as soon as one of them waits.
        if self.records[key].get("state") not in OVER:
            self._fresh_until = min(self._fresh_until, time.monotonic() + INTERVAL)
        return self.records[key]

    def _refresh(self) -> None:
        for instance in instances(self._session, self._dag_id, self._run_id, self._since or None):
            self.records[instance_in(self._dag_id, self._run_id, instance)] = instance
            # The server has no clock that it shows: the newest of its own times asks for what changed after
            # it.
            self._since = max(self._since, *(str(instance.get(name) or "") for name in _TIMES))
        self._fresh_until = time.monotonic() + _REFRESH

    def _ask_run(self) -> dict[str, Any]:
        path = {"dag_id": self._dag_id, "dag_run_id": self._run_id}
        return self._session.api.record("get_dag_run", "state", **path)
