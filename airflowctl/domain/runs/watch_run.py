"""Waiting for a run, and watching it: a view of all its tasks, until it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

from airflowctl.core.errors import (
    DONE,
    FAILED_WAIT,
    CliError,
    NotAllowed,
    NotLoggedIn,
    ServerRefused,
    TimedOut,
)
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows
from airflowctl.core.task_order import GOING_ON, OVER, sort_tasks
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_index, format_list, instance_name
from airflowctl.domain.polling import StateGuard, show_wait
from airflowctl.domain.retry import Patience
from airflowctl.domain.runs import progress as progress
from airflowctl.domain.runs.lookup import ENDED, RUN_STATES, SHOWN

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from airflowctl.core.rich_results import View, Watch
    from airflowctl.session.session import Session

_PAUSE = (0.5, 5.0)  # seconds between two looks: after a change, and at most
# A duration that stands still looks like a program that hangs.
_TICK = 1.0  # seconds between two views, for the clocks in them
_SHARE = 4  # the server rests for so many times as long as it needed for its answer
_MOST = 10.0  # seconds of such a rest
# A Dag is paused by hand, now and then: to see it some seconds late is early enough.
_RARELY = 10  # looks; how often is asked what seldom changes


def watch_run(session: Session, dag_id: str, run: dict[str, Any], timeout: float | None = None) -> Watch:
    """Return the run in views, until it ends."""
    from airflowctl.core.rich_results import Watch

    return Watch(RunWatcher(session, dag_id, run, timeout).views(), progress.CHANGED, "task_id")


def wait_for_end(session: Session, dag_id: str, run: dict[str, Any], timeout: float | None) -> Record:
    """Wait for a run to end; its record, with exit code 5 unless it succeeded. Raises TimedOut."""
    watcher = RunWatcher(session, dag_id, run, timeout, quiet=True)
    notes: set[str] = set()
    began = time.monotonic()
    session.output.note(f"waiting for {watcher.run_id} (Ctrl-C stops only the waiting)")
    for view in watcher.views():
        for text in view.foot:
            if text not in notes:
                session.output.note(text)
        notes.update(view.foot)
        show_wait(session, watcher.run.get("state"), time.monotonic() - began)
    return Record(watcher.run, "dag_run_id", SHOWN, code=watcher.code)


class RunWatcher:
    """Looks at a run, again and again, with as few requests as can be: its task instances tell that it goes
    on. When `quiet`, its tasks are not shown: then it is the run that is looked at."""

    def __init__(
        self,
        session: Session,
        dag_id: str,
        run: dict[str, Any],
        timeout: float | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        self.run = run
        self.run_id = str(run["dag_run_id"])
        self._session = session
        self._dag_id = dag_id
        self._path: dict[str, Any] = {"dag_id": dag_id, "dag_run_id": self.run_id}
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._quiet = quiet
        self._order: list[str] = []
        self._instances: list[dict[str, Any]] = []
        self._paused = False
        self._questions: dict[tuple[str, int], str] = {}
        self._looks = 0
        self._patience = Patience(session.output.note)
        self._guard = StateGuard(RUN_STATES)
        self._took = 0.0
        self._pause = _PAUSE[0]
        session.parts.interrupt_hint = f"no longer waiting; the run continues; {self._look_again}"

    @property
    def code(self) -> int:
        return DONE if self.run.get("state") == "success" else FAILED_WAIT

    @property
    def _has_ended(self) -> bool:
        return self.run.get("state") in ENDED

    def views(self) -> Generator[View, None, int]:
        """Yield a view now and about each second; the exit code. Raises TimedOut."""
        before: progress.Known = {}
        state: object = None
        while True:
            self._try(self._look)
            events = progress.changes(before, self._instances, _now())
            # A run begins before its tasks and ends after them: its own change stands there among theirs.
            if self.run.get("state") != state:
                event = self._event()
                events = [*events, event] if self._has_ended else [event, *events]
                state = self.run.get("state")
            before = progress.known_states(self._instances)
            yield self._view(events)
            if self._has_ended:
                self._session.parts.interrupt_hint = ""
                self._say_why()
                return self.code
            self._pause = _PAUSE[0] if events else min(self._pause * 1.5, _PAUSE[1])
            # The server rests four times as long as it took to answer (decision 0032).
            self._pause = max(self._pause, min(_SHARE * self._took, _MOST))
            for _ in self._rest():
                yield self._view([])

    def _look(self) -> None:
        """Take in how the run is now."""
        api, started = self._session.api, time.monotonic()
        first, rarely = self._looks == 0, self._looks % _RARELY == 0
        if first and not self._quiet:
            self._order = list(sort_tasks(api.pages("get_tasks", "tasks", dag_id=self._dag_id)))
        # While some task runs, the task instances show that the run does: one request each time (decision
        # 0032).
        if not first and (self._quiet or self.run.get("state") == "queued"):
            self._look_at_run()
        if (rarely and not first) if self._quiet else (rarely or self.run.get("state") != "queued"):
            self._look_at_tasks()
        if not (first or self._quiet or self._is_active or self.run.get("state") == "queued"):
            self._look_at_run()
        is_known = self._instances and all(instance.get("state") in OVER for instance in self._instances)
        if self._has_ended and not is_known and not (self._quiet and self.code == DONE):
            self._look_at_tasks()
        if rarely and not self._is_active and not self._has_ended:
            self._paused = bool(api.record("get_dag", "dag_id", dag_id=self._dag_id).get("is_paused"))
        self._looks += 1
        self._took = time.monotonic() - started

    @property
    def _is_active(self) -> bool:
        """Return whether some task has not ended, so that the run has not."""
        return any(instance.get("state") in GOING_ON for instance in self._instances)

    def _look_at_run(self) -> None:
        self.run = self._session.api.record("get_dag_run", "state", **self._path)

    def _look_at_tasks(self) -> None:
        query = {"order_by": "id"}
        records = self._session.api.pages("get_task_instances", "task_instances", query=query, **self._path)
        self._instances = list(records)
        asking = {progress.key(instance) for instance in self._instances if _asks(instance)}
        if asking - set(self._questions):
            self._questions = {**dict.fromkeys(asking, ""), **self._subjects()}
        self._questions = {key: self._questions[key] for key in self._questions if key in asking}

    def _subjects(self) -> dict[tuple[str, int], str]:
        """Return what the tasks that wait for a person ask."""
        query = {"response_received": False}
        try:
            records = self._session.api.pages("get_hitl_details", "hitl_details", query=query, **self._path)
            return {
                progress.key(record.get("task_instance") or {}): str(record.get("subject", ""))
                for record in records
            }
        except (NotAllowed, ServerRefused):  # the task's name has to do
            return {}

    def _try(self, look: Callable[[], None]) -> None:
        """Look; a server that is away for a while does not end the waiting."""
        try:
            with self._patience.over("look"):
                look()
            self._guard.check(self.run_id, self.run.get("state"))
        except CliError as error:
            # What mends the login is needed before another look.
            first = f"{error.hint}; " if isinstance(error, NotLoggedIn) else ""
            error.hint = f"{first}the run continues; {self._look_again}"
            raise

    def _rest(self) -> Iterator[None]:
        """Until it is time to look again; now and then it comes back, for the clocks. Raises TimedOut."""
        until = time.monotonic() + self._pause
        while (left := until - time.monotonic()) > 0:
            if self._deadline is not None:
                left = min(left, self._deadline - time.monotonic())
                if left <= 0:
                    self._give_up()
            time.sleep(min(left, _TICK))
            if until - time.monotonic() > _TICK / 2:
                yield

    def _give_up(self) -> None:
        if self._quiet:
            # A quiet watch has not looked at the tasks, and the error is to say what the run still waits for.
            self._try(self._look_at_tasks)
        parts = [
            f"{self.run_id} of {self._dag_id} is still {self.run.get('state')} after {self._timeout:g} s"
        ]
        parts += [f"{self._dag_id} is paused"] if self._paused else []
        parts += [progress.pending(self._instances)] if self._instances else []
        raise TimedOut("; ".join(parts), self._look_again)

    @property
    def _look_again(self) -> str:
        return f"look again with: {suggest('dagrun', 'watch', self._dag_id, self.run_id)}"

    def _view(self, events: list[dict[str, Any]]) -> View:
        now = _now()
        rows = progress.rows_of(self._order, self._instances, now)
        indexes = [index for index, row in enumerate(rows) if row["state"] not in OVER]
        ended = sum(instance.get("state") in OVER for instance in self._instances)
        blank = {"mapped": None, "try_number": 0, "duration": 0.0}
        from airflowctl.core.rich_results import View

        return View(
            Rows(rows, progress.COLUMNS, "task_id", blank, "it has no task yet"),
            f"{self._dag_id}  {self.run_id}  {self.run.get('state')}",
            (ended, len(self._instances)),
            progress.seconds_of(self.run, now),
            () if self._has_ended else tuple(self._hints()),
            min(indexes, default=0),
            events,
            self._has_ended,
        )

    def _hints(self) -> Iterator[str]:
        if self._paused:
            unpause = suggest("dags", "unpause", self._dag_id)
            yield f"{self._dag_id} is paused: nothing of it starts until: {unpause}"
        for (task_id, index), subject in self._questions.items():
            answer = suggest("hitl", "respond", self._dag_id, task_id, self.run_id, index=index)
            yield f"{format_index(task_id, index)} asks: {subject or '(see it with hitl show)'}"
            yield f"  answer it with: {answer}"

    def _event(self) -> dict[str, Any]:
        """Return the run's own change, in the shape of a task's."""
        run = self.run
        field = {"queued": "queued_at", "running": "start_date"}.get(str(run.get("state")), "end_date")
        since = run.get(field) or progress.zulu(_now())
        names = {"task_id": None, "map_index": None, "state": run.get("state"), "try_number": None}
        return {"time": since, **self._path, **names, "duration": run.get("duration")}

    def _say_why(self) -> None:
        """What failed, and the commands that show why."""
        if self.code == DONE:
            return
        say = self._session.output.note
        failed = [instance for instance in self._instances if instance.get("state") == "failed"]
        if not failed:
            say(f"{self.run_id} failed, but no task of it: it was stopped, or took too long")
        else:
            say(f"{self.run_id} failed: {format_list(map(instance_name, failed))}")
        # Many tasks that fail in one run fail for one reason: three lines show it.
        for instance in failed[:3]:
            name, index = progress.key(instance)
            say(f"  see: {suggest('tasks', 'logs', self._dag_id, name, self.run_id, index=index)}")
        say(f"  why: {suggest('why', self._dag_id, self.run_id)}")


def _asks(record: dict[str, Any]) -> bool:
    """Return whether the instance waits for a person; before Airflow 3.3 it is deferred to a trigger for
    that."""
    trigger = record.get("trigger") or {}
    return record.get("state") == "awaiting_input" or (
        record.get("state") == "deferred" and "hitl" in str(trigger.get("classpath", "")).lower()
    )


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)
